//! The deployed functions' own code as a process beside the test.

use anyhow::{Context, Result};
use it::places;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::world::{WEST, World};

/// Answers commands of `functions.py`.
pub(crate) struct Functions {
    commands: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    // Ends with the test.
    _process: Child,
}

impl Functions {
    pub(crate) fn start(world: &World) -> Result<Self> {
        let mut process = Command::new(places::python())
            .arg(places::root().join("tests/cloud/functions.py"))
            .args([world.emulator.url.as_str(), WEST, &world.target.state_table])
            .env("PYTHONPATH", places::root().join("lambda/shared"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("starting the functions' code")?;
        let commands = process.stdin.take().context("it has no input")?;
        let answers = process.stdout.take().context("it has no output")?;
        Ok(Self {
            commands,
            answers: BufReader::new(answers).lines(),
            _process: process,
        })
    }

    /// The answer to one command: its name, then its arguments.
    pub(crate) async fn ask(&mut self, command: Value) -> Result<Value> {
        let line = format!("{command}\n");
        self.commands.write_all(line.as_bytes()).await?;
        let answer = self.answers.next_line().await?;
        let answer = answer.with_context(|| format!("the functions' code ended at {command}"))?;
        Ok(serde_json::from_str(&answer)?)
    }
}
