"""The phone desk's door: every act on behalf of someone."""
