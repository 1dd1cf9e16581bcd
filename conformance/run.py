"""One run against one target: what all checks of a process share.

With ``-n`` there are several processes: the controller finds out about the
target and sends a ``Briefing`` to each worker; each worker sends back a
``Debriefing`` at its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from conformance.client import Recorder, ScimClient
from conformance.created import Journal
from conformance.declared import Declared
from conformance.discovery import Features, ResourceType, discover
from conformance.evidence import Exchange, Redactor
from conformance.invariants import Ledger, Sighting
from conformance.payloads import Payloads
from conformance.target import Target
from conformance.wire import Wire


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line asks of a run, besides the target."""

    report_dir: str
    profiles: tuple[str, ...]
    fail_on: str = "must"
    read_only: bool = False
    seed: int = 0
    max_requests: int | None = None


@dataclass
class Run:
    """The target, what it offers, and the one place where exchanges are recorded."""

    target: Target
    settings: Settings
    worker: str = ""
    features: Features = field(default_factory=Features)
    discovery: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wire = Wire(self.target)
        self.ledger = Ledger()
        self.recorder = Recorder(
            Redactor(self.target.secrets, self.target.secret_headers),
            self.ledger.watch,
            limit=self.settings.max_requests,
        )
        self.journal = Journal(Path(self.settings.report_dir) / "created.jsonl", self.target.url)
        self.payloads = Payloads(
            seed=self.settings.seed,
            worker=self.worker,
            user_name_pattern=self.target.user_name_pattern,
            user_defaults=self.target.user_defaults,
            group_defaults=self.target.group_defaults,
            features=self.features,
        )
        self.left: list[str] = []
        #: What was found out once and is true for the whole run.
        self.known: dict[str, str] = {}

    def client(self) -> ScimClient:
        """A client that remembers what it made, for one check."""
        return ScimClient(
            self.target,
            self.wire,
            self.recorder,
            self.journal,
            read_only=self.settings.read_only,
        )

    def discover(self) -> None:
        """Ask the target what it offers; its answers are evidence for every later check."""
        self.recorder.start()
        self.features = self.payloads.features = discover(self.client())
        self.discovery = list(self.recorder.current)
        self.ledger.declared = Declared.of(self.features)

    def close(self) -> None:
        """Try once more to delete what is left, and close the connections."""
        self.wire.close()


# Between processes --------------------------------------------------------------------


def briefing(run: Run) -> dict[str, Any]:
    """What a worker needs to know, as JSON; it stays in memory, for it has the credentials."""
    return {
        "target": asdict(run.target),
        "settings": asdict(run.settings),
        "features": asdict(run.features),
        "discovery": [one.to_json() for one in run.discovery],
    }


def run_from(briefing: dict[str, Any], worker: str) -> Run:
    """The worker's own run, from what ``briefing`` made."""
    target = dict(briefing["target"])
    for name in ("headers", "secrets", "secret_headers", "second_credential"):
        target[name] = _tuples(target[name])
    settings = dict(briefing["settings"])
    settings["profiles"] = tuple(settings["profiles"])
    features = dict(briefing["features"])
    features["resource_types"] = tuple(
        ResourceType(**{**one, "extensions": _tuples(one["extensions"])})
        for one in features["resource_types"]
    )
    if features["schemas"] is not None:
        features["schemas"] = tuple(features["schemas"])
    run = Run(
        Target(**target),
        Settings(**settings),
        worker,
        Features(**features),
        [Exchange.from_json(one) for one in briefing["discovery"]],
    )
    run.ledger.declared = Declared.of(run.features)
    return run


def debriefing(run: Run) -> dict[str, Any]:
    """What a worker tells the controller at its end."""
    return {
        "requests": run.recorder.count,
        "left": run.left,
        "sightings": {
            requirement: sighting.to_json()
            for requirement, sighting in run.ledger.sightings.items()
        },
    }


def merge(sightings: dict[str, Sighting], told: dict[str, Any]) -> None:
    """Add a worker's ``sightings`` to those of the controller."""
    for requirement, document in told.items():
        sightings.setdefault(requirement, Sighting()).merge(Sighting.from_json(document))


def _tuples(values: Iterable[Any] | None) -> Any:
    """Lists back to tuples: JSON knows no tuples, and frozen dataclasses want them."""
    if values is None:
        return None
    return tuple(tuple(one) if isinstance(one, list) else one for one in values)
