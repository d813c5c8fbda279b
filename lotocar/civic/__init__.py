"""What we owe the public: registry, open formats, campaigns, figures, privacy."""
