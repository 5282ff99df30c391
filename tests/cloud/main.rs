//! The adapter over the AWS SDK (`lifeboat-aws`) against the emulator, and against the deployed functions' own code.
//!
//! What must not be here: the portal, and Terraform. What is read and moved is made by calls to AWS.

mod databases;
mod faults;
mod functions;
mod moving;
mod reading;
mod secrets;
mod slot;
mod world;
