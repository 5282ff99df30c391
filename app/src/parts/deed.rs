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
        "failover.finished" => "finished a failover".to_owned(),
        "failover.paused" => "paused a failover that needs people".to_owned(),
        "failover.refused" => "refused a failover".to_owned(),
        "failover.adopted" => "took what the environment's automation did into the history".to_owned(),
        "environment.settings" => "changed the settings".to_owned(),
        "drill.request" => "asked for a drill".to_owned(),
        "drill.approve" => "approved a drill".to_owned(),
        "drill.begin" => "began a drill".to_owned(),
        "drill.turn_back" => "turned a drill back".to_owned(),
        "drill.abort" => "asked a drill to end".to_owned(),
        "drill.end" => "ended a drill".to_owned(),
        "drill.remind" => "reminded that a proof is due".to_owned(),
        "drill_schedule.set" => "set how often it has to be proven".to_owned(),
        "drill_schedule.approve" => "approved the policy's drills".to_owned(),
        "drill_schedule.delete" => "ended the policy".to_owned(),
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

#[cfg(test)]
mod tests {
    use super::deed;

    #[test]
    fn what_is_known_reads_as_a_phrase_and_the_rest_as_it_stands() {
        for known in [
            "failover.finished",
            "drill.remind",
            "drill_schedule.set",
            "environment.roles_changed",
            "game_day.break",
            "kill_switch.arm",
        ] {
            let said = deed(known);
            assert!(!said.contains(['.', ':', '_']), "{known}: {said}");
        }
        assert_eq!(deed("moon.landing"), "moon: landing");
    }
}
