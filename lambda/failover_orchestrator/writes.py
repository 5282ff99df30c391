"""Proving that the new writer takes writes, and seeing how far the old one's heartbeats had come."""

from failover_orchestrator.context import Context
from failover_orchestrator.record import Facts
from lifeboat_dr.aws import AwsError
from lifeboat_dr.heartbeats import Heartbeat, HeartbeatStore


def prove(context: Context, heartbeats: HeartbeatStore, writer: str, former: str) -> Facts:
    """Write a heartbeat through the new writer; answers with the last of the former one that was committed, and that arrived."""
    heartbeats.prepare()
    arrived = heartbeats.newest(former)
    newest = heartbeats.newest()
    committed = context.ports.marks.newest(former)
    number = 1 + max(beat.number if beat else 0 for beat in (newest, committed))
    try:
        heartbeats.write(Heartbeat(number, context.ports.clock.now(), writer))
    except AwsError:
        # The heartbeat of the new writer's region may have taken the number first: its row proves the same.
        taken = heartbeats.newest(writer)
        if taken is None or taken.number < number:
            raise
    return {
        "first_write_at": context.ports.clock.now(),
        "arrived_number": arrived.number if arrived else None,
        "arrived_at": arrived.written_at if arrived else None,
        "committed_number": committed.number if committed else None,
        "committed_at": committed.written_at if committed else None,
    }
