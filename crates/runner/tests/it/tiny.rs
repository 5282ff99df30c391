//! The `tiny` profile of the project's tests.
