//! What people and the portal did, in words. What must not be here: who and when.

/// An action as a phrase after a name. One that is not known is said as it stands, rather than left out.
pub(crate) fn deed(action: &str) -> String {
    match action {
        "environment.create" => "created the environment".to_owned(),
        "run.queue" | "run.create" => "asked for a run".to_owned(),
        "run.approve" => "approved a plan".to_owned(),
        "run.reject" => "rejected a plan".to_owned(),
        "run.planned" => "finished a plan".to_owned(),
        "run.applied" => "applied a plan".to_owned(),
        "run.failed" => "ended a run that failed".to_owned(),
        "run.cancelled" => "stopped a run as asked".to_owned(),
        "run.given_back" => "gave a run back to the queue".to_owned(),
        "state.put_aside" => "put a state aside that could not be read".to_owned(),
        "run.cancel" => "cancelled a run".to_owned(),
        "failover.request" => "asked for a failover".to_owned(),
        "failover.confirm" => "confirmed a failover".to_owned(),
        "failover.pause" => "asked a failover to pause".to_owned(),
        "failover.retry" => "let a failover go on".to_owned(),
        "failover.skip" => "left a failover's step out".to_owned(),
        "failover.abort" => "ended a failover".to_owned(),
        "failover.begun" => "began a failover".to_owned(),
        "failover.resumed" => "took a failover over".to_owned(),
        "kill_switch.arm" => "armed the kill switch".to_owned(),
        "kill_switch.disarm" => "disarmed the kill switch".to_owned(),
        "environment.roles_changed" => {
            "saw that another region writes, by nothing of the portal's".to_owned()
        }
        "game_day.break" => "broke something in the emulator".to_owned(),
        "game_day.mend" => "mended something in the emulator".to_owned(),
        other => other.replace('.', ": "),
    }
}
