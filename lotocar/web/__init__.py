"""The doors: one per audience. Shared by all: edge, errors, filters, forms, guards, render."""
