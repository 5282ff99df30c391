//! How child processes are kept apart from the machine.

/// The setting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SandboxMode {
    /// bubblewrap; the portal does not start without it.
    #[default]
    Bubblewrap,
    /// No sandbox: development only.
    UnsafeNone,
}

impl std::str::FromStr for SandboxMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "bubblewrap" => Ok(Self::Bubblewrap),
            "unsafe-none" => Ok(Self::UnsafeNone),
            _ => Err(format!(
                "{text:?} is no sandbox; write \"bubblewrap\" or, in development only, \"unsafe-none\""
            )),
        }
    }
}
