"""A region starts without machine images, and so in no time.

Moto makes 1,301 images with as many volumes and snapshots whenever a region is first used: a third
of a second, for profiles that run no instances, and volumes that a fresh account does not have.
"""

from moto.ec2.models import EC2Backend


def install() -> None:
    """Leave the images out."""

    def load_amis(_self: EC2Backend) -> None:
        return

    setattr(EC2Backend, "_load_amis", load_amis)
