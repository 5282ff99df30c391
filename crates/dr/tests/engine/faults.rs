//! What goes wrong with calls of the world, and when a worker dies or freezes.

use std::time::Duration;

/// How a call goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered with a no.
    Refuse,
    /// It never arrives.
    LoseRequest,
    /// It takes place, and its answer is lost.
    LoseAnswer,
    /// Nothing comes back, ever.
    Hang,
    /// It takes that much longer.
    Slow(Duration),
}

impl Fault {
    /// Those that keep a call from being answered.
    pub(crate) const ALL: [Self; 4] = [Self::Refuse, Self::LoseRequest, Self::LoseAnswer, Self::Hang];
}

/// Which calls go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// The one of that number, counted from 0.
    Number(usize),
    /// All of that name, from that number on.
    Named(&'static str, usize),
    /// All to that region.
    Region(&'static str),
}

/// What becomes of the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// It dies before the call takes place.
    Before,
    /// It dies when the call has taken place, before it has the answer.
    After,
    /// It freezes before the call takes place, and goes on with it when it thaws.
    Freeze,
}

/// Everything that goes wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    pub(crate) faults: Vec<(Which, Fault)>,
    pub(crate) deaths: Vec<(usize, Death)>,
}

impl Plan {
    pub(crate) fn fault(&self, number: usize, name: &str, region: &str) -> Option<Fault> {
        let hit = |which: &Which| match which {
            Which::Number(one) => *one == number,
            Which::Named(named, from) => *named == name && number >= *from,
            Which::Region(dead) => *dead == region,
        };
        self.faults
            .iter()
            .find(|(which, _)| hit(which))
            .map(|(_, fault)| *fault)
    }

    pub(crate) fn death(&self, number: usize) -> Option<Death> {
        self.deaths
            .iter()
            .find(|(at, _)| *at == number)
            .map(|(_, how)| *how)
    }
}
