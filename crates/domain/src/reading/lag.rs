//! The lag's history, as it is asked for and drawn.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A point of the lag's history.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LagPoint {
    /// Begin of the time it stands for.
    pub at: DateTime<Utc>,
    /// Greatest lag in that time, seconds; none where nothing was known.
    pub seconds: Option<f64>,
}

/// How far back a history of the lag looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LagSpan {
    /// One hour.
    #[default]
    Hour,
    /// One day.
    Day,
    /// Seven days.
    Week,
}

impl LagSpan {
    /// All spans.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Week];

    /// The name in the API and in addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// The span of that name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.as_str() == text)
    }

    /// How long it is, seconds.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Week => 604_800,
        }
    }

    /// How much time one point of it stands for, seconds.
    pub fn resolution_seconds(self) -> u32 {
        match self {
            Self::Hour => 10,
            Self::Day => 60,
            Self::Week => 900,
        }
    }
}
