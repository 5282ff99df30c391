//! What was asked of the service and refused, for the page it was asked on: that page is drawn again and says why.

use axum::http::StatusCode;
use lifeboat_domain::Problem;
use lifeboat_service::{ProblemKind, ServiceError};

use crate::http::error::ApiError;

/// Why, and the status the page is sent with.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) problem: Problem,
}

impl Refusal {
    /// The refusal of what was asked of the very thing the page shows.
    ///
    /// # Errors
    ///
    /// That there is no such thing, and faults of the portal: no page can be drawn around these.
    pub(super) fn of(error: ServiceError) -> Result<Self, ApiError> {
        match error.kind() {
            ProblemKind::NotFound => Err(error.into()),
            _ => Self::of_form(error),
        }
    }

    /// The refusal of a form that names other things: it is drawn again when one of those is not there, too.
    ///
    /// # Errors
    ///
    /// Faults of the portal.
    pub(super) fn of_form(error: ServiceError) -> Result<Self, ApiError> {
        if error.kind() == ProblemKind::Internal {
            return Err(error.into());
        }
        let error = ApiError::from(error);
        Ok(Self {
            status: error.status(),
            problem: error.into_problem(),
        })
    }
}
