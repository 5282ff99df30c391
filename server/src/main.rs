//! The binary `lifeboat`. What must not be here: anything but the way into [`lifeboat_server::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    lifeboat_server::cli::main()
}
