"""The four steps of a rotation. Secrets Manager repeats the whole rotation when one fails, so each may be run any number of times.

One user, one password: between the new password taking effect and the new version becoming current, logins fail. The steps keep that
short, and it is why the version is proven by a login only after it became current: the Data API takes no other.
"""

from dataclasses import dataclass, field

from aws_lambda_powertools import Logger

from lifeboat_dr.aws import AwsError, error_code
from lifeboat_dr.clock import Clock
from secret_rotation.credentials import Credentials, LoginRefused
from secret_rotation.versions import CURRENT, PENDING, PREVIOUS, Versions

_SAME = ("engine", "username", "dbname", "port")


class RotationRefused(RuntimeError):
    """The rotation must not go on; the message says why and what to do."""


@dataclass(frozen=True)
class Pace:
    """How often the cluster is looked at, and how long a refused login may mean that the password is not in effect yet; milliseconds."""

    look: int = 1_000
    takes_effect: int = 60_000


@dataclass(frozen=True)
class Rotation:
    """One step of the rotation to one version."""

    versions: Versions
    version: str
    credentials: Credentials
    clock: Clock
    until: int
    logger: Logger
    pace: Pace = field(default_factory=Pace)

    def create(self) -> None:
        """Make the new version: the current one with another password."""
        self._writes_here()
        if self._is_current() or self.versions.read(self.version) is not None:
            return
        current = self._content(self._labelled(CURRENT))
        self.versions.add(self.version, {**current, "password": self.versions.new_password()})

    def set(self) -> None:
        """Give the new password to the cluster, and wait until it is in effect."""
        self._writes_here()
        if self._is_current():
            return
        self.credentials.set(str(self._content(self.version)["password"]))
        while not self.credentials.settled():
            self._pause("the cluster has not applied the new password")

    def test(self) -> None:
        """Everything that can be known before the version is current: its labels, its content, the cluster's state."""
        if self._is_current():
            return
        if PENDING not in self.versions.labels().get(self.version, []):
            raise RotationRefused(f"version {self.version} is not labelled {PENDING}: cancel the rotation and start it anew")
        new, current = self._content(self.version), self._content(self._labelled(CURRENT))
        if new == current:
            # When rotation is switched on without rotating, Secrets Manager tries this step alone, with a copy, and drops that again.
            self.logger.info("the configuration is tried, nothing rotates", extra={"version": self.version})
            return
        differing = [name for name in _SAME if new.get(name) != current.get(name)]
        if differing or new["password"] == current["password"]:
            what = ", ".join(differing) or "nothing"
            raise RotationRefused(f"version {self.version} differs from the current one in {what}: it must in its password alone")
        if not self.credentials.settled():
            raise RotationRefused("the cluster is not available, or still applies a password: let the rotation be repeated")

    def finish(self) -> None:
        """Make the version current and log in with it. When the database refuses it, the version before is put back."""
        if not self._is_current():
            self.versions.make_current(self.version, instead_of=self._labelled(CURRENT))
        deadline = min(self.clock.now() + self.pace.takes_effect, self.until)
        while True:
            try:
                self.credentials.log_in(self.versions.secret_arn)
                return
            except LoginRefused as refused:
                if self.clock.now() >= deadline:
                    previous = self._labelled(PREVIOUS)
                    self.versions.make_current(previous, instead_of=self.version)
                    raise RotationRefused(f"{refused}: version {previous} is current again") from refused
                self.clock.sleep(self.pace.look)
            except AwsError as error:
                # No answer is no refusal: the password was set, and putting the old version back would lock everybody out.
                self.logger.warning("logging in", extra={"error": error_code(error)})
                self._pause("nobody could log in to prove the new version")

    def _writes_here(self) -> None:
        topology, here = self.credentials.topology(), self.credentials.region
        if topology.writer_region != here:
            raise RotationRefused(f"{topology.writer_region} writes, not {here}: fail back first, then rotate")
        if topology.moving_to is not None:
            raise RotationRefused("the global database changes roles: rotate when that is over")

    def _is_current(self) -> bool:
        return CURRENT in self.versions.labels().get(self.version, [])

    def _labelled(self, label: str) -> str:
        version = self.versions.with_label(label)
        if version is None:
            raise RotationRefused(f"no version is labelled {label}: give one that label in Secrets Manager")
        return version

    def _content(self, version: str) -> dict[str, object]:
        content = self.versions.read(version)
        if content is None:
            raise RotationRefused(f"version {version} has no content: let the rotation be repeated")
        return content

    def _pause(self, reason: str) -> None:
        if self.clock.now() + self.pace.look >= self.until:
            raise RotationRefused(f"{reason} in the time there is: let the rotation be repeated")
        self.clock.sleep(self.pace.look)
