"""The headings of what the catalogue cites, for readers who know no numbers."""

from __future__ import annotations

#: The documents of the catalogue, in the order of the page.
TITLES = {
    "okta": "Okta",
    "kantega": "Kantega SSO",
    "rfc7643": "RFC 7643, Core Schema",
    "rfc7644": "RFC 7644, Protocol",
    "rfc9865": "RFC 9865, Cursor-Based Pagination",
}

_HEADINGS = {
    7643: """
        1.1 Requirements Notation and Conventions
        1.2 Definitions
        2.1 Attributes
        2.2 Attribute Characteristics
        2.3 Attribute Data Types
        2.3.1 String
        2.3.2 Boolean
        2.3.3 Decimal
        2.3.4 Integer
        2.3.5 DateTime
        2.3.6 Binary
        2.3.7 Reference
        2.3.8 Complex
        2.4 Multi-Valued Attributes
        2.5 Unassigned and Null Values
        3 SCIM Resources
        3.1 Common Attributes
        3.2 Defining New Resource Types
        3.3 Attribute Extensions to Resources
        4.1 User Resource Schema
        4.1.1 Singular Attributes
        4.1.2 Multi-Valued Attributes
        4.2 Group Resource Schema
        4.3 Enterprise User Schema Extension
        5 Service Provider Configuration Schema
        6 ResourceType Schema
        7 Schema Definition
        8.7.1 Resource Schema Representation
        8.7.2 Service Provider Schema Representation
        9.2 Passwords and Other Sensitive Security Data
        9.3 Privacy
    """,
    7644: """
        1.2 Notational Conventions
        1.3 Definitions
        2 Authentication and Authorization
        2.1 Use of Tokens as Authorizations
        2.2 Anonymous Requests
        3.1 Background
        3.2 SCIM Endpoints and HTTP Methods
        3.3 Creating Resources
        3.3.1 Resource Types
        3.4.1 Retrieving a Known Resource
        3.4.2 Query Resources
        3.4.2.1 Query Endpoints
        3.4.2.2 Filtering
        3.4.2.3 Sorting
        3.4.2.4 Pagination
        3.4.2.5 Attributes
        3.4.3 Querying Resources Using HTTP POST
        3.5 Modifying Resources
        3.5.1 Replacing with PUT
        3.5.2 Modifying with PATCH
        3.5.2.1 Add Operation
        3.5.2.2 Remove Operation
        3.5.2.3 Replace Operation
        3.6 Deleting Resources
        3.7 Bulk Operations
        3.7.1 Circular Reference Processing
        3.7.2 bulkId Temporary Identifiers
        3.7.3 Response and Error Handling
        3.7.4 Maximum Operations
        3.8 Data Input/Output Formats
        3.9 Additional Operation Response Parameters
        3.10 Attribute Notation
        3.11 /Me Authenticated Subject Alias
        3.12 HTTP Status and Error Response Handling
        3.13 SCIM Protocol Versioning
        3.14 Versioning Resources
        4 Service Provider Configuration Endpoints
        5 Preparation and Comparison of Internationalized Strings
        6 Multi-Tenancy
        6.1 Associating Clients to Tenants
        7.1 HTTP Considerations
        7.2 TLS Support Considerations
        7.3 Authorization Token Considerations
        7.4 Bearer Token and Cookie Considerations
        7.5.1 Personal Information
        7.5.2 Disclosure of Sensitive Information in URIs
        7.6 Anonymous Requests
        7.7 Secure Storage and Handling of Sensitive Data
        7.8 Case-Insensitive Comparison and International Languages
        8.2 Registering URIs for SCIM Messages
    """,
    9865: """
        2 Query Parameters and Response Attributes
        2.1 Pagination Errors
        2.2 Sorting
        2.3 Cursors as the Only Pagination Method
        2.4 Both Cursors and Index Pagination
        3 Querying Resources Using HTTP POST
        4 Service Provider Configuration
        5.2 Confidentiality
        5.3 Availability
    """,
}

_BY_SECTION = {
    (f"rfc{rfc}", section): heading
    for rfc, text in _HEADINGS.items()
    for section, _, heading in (line.strip().partition(" ") for line in text.split("\n"))
    if section
}


def heading(document: str, section: str) -> str:
    """The heading of a section, or nothing where none is known."""
    return _BY_SECTION.get((document, section), "")


def reading_order(document: str, section: str) -> tuple[int, list[tuple[int, str]]]:
    """A key that puts sections in the order of the document: 3.9 before 3.10, appendices last.

    The parts of a document without numbers keep the order in which they come.
    """
    place = list(TITLES).index(document) if document in TITLES else len(TITLES)
    if not document.startswith("rfc"):
        return place, []
    return place, [(int(one), "") if one.isdecimal() else (999, one) for one in section.split(".")]
