//! The chain: each pack names the digest of the one before of its environment, so none can be left out unseen.

use std::collections::BTreeMap;

use lifeboat_domain::{Digest, EnvironmentId};

use super::Genuine;

/// Packs that fit together, of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The environment's suffix.
    pub suffix: String,
    /// Sequence of the first pack given.
    pub first: i64,
    /// Sequence of the last.
    pub last: i64,
}

impl Chain {
    /// Whether the environment's history is given from its begin.
    pub fn is_from_the_begin(&self) -> bool {
        self.first == 1
    }
}

/// The packs do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// A pack between two given ones is not there.
    #[error("{suffix}: pack {sequence} is missing")]
    Missing {
        /// The environment's suffix.
        suffix: String,
        /// Its place.
        sequence: i64,
    },
    /// Two genuine packs for one place.
    #[error("{suffix}: there are two different packs {sequence}")]
    Twice {
        /// The environment's suffix.
        suffix: String,
        /// Their place.
        sequence: i64,
    },
    /// A pack names another one before it than the one given.
    #[error("{suffix}: pack {sequence} does not follow the pack before it")]
    Broken {
        /// The environment's suffix.
        suffix: String,
        /// Its place.
        sequence: i64,
    },
}

/// The chains that `packs`, in any order and of any environments, make. The same pack given twice counts once.
pub fn check_chains(packs: Vec<Genuine>) -> Result<Vec<Chain>, ChainError> {
    let mut environments: BTreeMap<EnvironmentId, BTreeMap<i64, Genuine>> = BTreeMap::new();
    for pack in packs {
        let of_environment = environments.entry(pack.environment).or_default();
        let (suffix, sequence, digest) = (pack.suffix.clone(), pack.sequence, pack.digest.clone());
        if let Some(other) = of_environment.insert(sequence, pack)
            && other.digest != digest
        {
            return Err(ChainError::Twice { suffix, sequence });
        }
    }
    environments
        .into_values()
        .map(check)
        .filter_map(Result::transpose)
        .collect()
}

fn check(packs: BTreeMap<i64, Genuine>) -> Result<Option<Chain>, ChainError> {
    let mut chain: Option<(Chain, Digest)> = None;
    for (sequence, pack) in packs {
        let suffix = pack.suffix;
        let follows = match &chain {
            Some((chain, _)) if sequence != chain.last + 1 => {
                let sequence = chain.last + 1;
                return Err(ChainError::Missing { suffix, sequence });
            }
            Some((_, before)) => pack.previous.as_ref() == Some(before),
            // The first of all names none; a later one, given without those before it, must name one.
            None => pack.previous.is_none() == (sequence == 1),
        };
        if !follows {
            return Err(ChainError::Broken { suffix, sequence });
        }
        let first = chain.map_or(sequence, |(chain, _)| chain.first);
        chain = Some((
            Chain {
                suffix,
                first,
                last: sequence,
            },
            pack.digest,
        ));
    }
    Ok(chain.map(|(chain, _)| chain))
}
