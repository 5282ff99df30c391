//! Loading profiles.
