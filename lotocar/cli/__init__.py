"""The commands behind `./run`: each reads its words, calls one operation, prints.

The texts are in French: whoever runs a mairie's server reads them.
"""
