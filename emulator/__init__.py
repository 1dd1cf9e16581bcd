"""The actor: an Okta org that provisions into a SCIM endpoint.  Nothing is here yet."""
