"""An operation no route leads to is refused, not answered with an empty 404.

To an SDK a 404 without a body means "no such resource": the provider would take a missing
feature of the emulator for a resource that is not there yet, and wait for it.
"""

from typing import Any

from moto.core.responses import BaseResponse


def install() -> None:
    """Make moto's dispatch raise where it answers 404 for want of an operation."""
    original = BaseResponse.call_action

    def call_action(self: BaseResponse) -> Any:
        answer = original(self)
        status, _, body = answer
        if status == 404 and body == "" and not self._get_action():
            raise NotImplementedError(f"no operation for {self.method} {self.path}")
        return answer

    setattr(BaseResponse, "call_action", call_action)
