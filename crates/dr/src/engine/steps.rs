//! What each step does. A step looks, acts at most once, and says whether it is done; it may be repeated at any point and comes to the
//! same end.

mod name;
mod preconditions;
mod replication;
mod report;
mod slot;
mod writer;
mod writes;

use lifeboat_domain::failover::StepName;

use super::turn::{Look, Trouble, Turn};

/// One look of a step.
pub(super) async fn look(turn: &mut Turn<'_>, step: StepName) -> Result<Look, Trouble> {
    match step {
        StepName::Preconditions => preconditions::ask(turn).await,
        StepName::TakeSlot => slot::take(turn).await,
        StepName::Promote | StepName::SwitchOver => writer::ask_once(turn).await,
        StepName::MoveName => name::set_switch(turn).await,
        StepName::AwaitWriter => writer::wait(turn).await,
        StepName::VerifyWrites => writes::prove(turn).await,
        StepName::VerifyName => name::wait(turn).await,
        StepName::VerifyReplication => replication::wait(turn).await,
        StepName::Report => report::tell(turn).await,
    }
}
