"""Authentication, which the library leaves to the project."""

import os

from django.contrib.auth.models import AnonymousUser

from accounts.models import User


class TokenMiddleware:
    """Whoever has the token is a user of the project; the library refuses everybody else."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        given = request.headers.get("Authorization", "")
        known = given == f"Bearer {os.environ['SCIM_TOKEN']}"
        request.user = User(username="client") if known else AnonymousUser()
        return self.get_response(request)
