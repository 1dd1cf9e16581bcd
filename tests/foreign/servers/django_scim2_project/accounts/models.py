"""Django's own user with the library's columns, and a group of such users."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django_scim.models import AbstractSCIMGroupMixin, AbstractSCIMUserMixin


class Group(AbstractSCIMGroupMixin):
    """A group; the library's adapter reads ``name`` and ``user_set``."""

    name = models.CharField(max_length=254)


class User(AbstractSCIMUserMixin, AbstractUser):
    """A user; the library's adapter reads ``scim_groups``."""

    groups = models.ManyToManyField(Group, related_name="user_set", blank=True)

    @property
    def scim_groups(self):
        """The groups that the library shows."""
        return self.groups
