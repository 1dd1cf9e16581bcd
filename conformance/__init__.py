"""The judge: one check per requirement of SCIM 2.0, and a verdict on each."""

__version__ = "0.1.0"
