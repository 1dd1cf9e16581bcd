"""The measure: a small SCIM 2.0 server that is right, and on request wrong in one named way."""
