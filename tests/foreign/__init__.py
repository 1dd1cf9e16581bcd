"""Other people's SCIM servers, judged by us; other people's suites, judging our server."""
