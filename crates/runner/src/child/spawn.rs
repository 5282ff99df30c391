//! The only place that starts processes.
//!
//! bubblewrap's `--die-with-parent` asks the kernel to kill the child when the *thread* that started it ends. A
//! runtime's threads come and go, so children are started by one thread that lives as long as the portal.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;
use std::sync::mpsc::{Sender, channel};

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::sandbox::Environment;

type Task = Box<dyn FnOnce() + Send>;

static SPAWNER: OnceLock<Sender<Task>> = OnceLock::new();

fn spawner() -> &'static Sender<Task> {
    SPAWNER.get_or_init(|| {
        let (sender, tasks) = channel::<Task>();
        std::thread::Builder::new()
            .name("lifeboat-spawn".to_owned())
            .spawn(move || tasks.into_iter().for_each(|task| task()))
            .expect("a process that cannot start one thread cannot start children either");
        sender
    })
}

/// Starts `argv` with nothing but `environment`, in a process group of its own: a Ctrl-C at the portal's terminal
/// must not reach Terraform's providers. It is killed when the handle is dropped.
pub(super) async fn spawn(
    argv: &[OsString],
    directory: &Path,
    environment: &Environment,
) -> io::Result<Child> {
    let mut command = command(argv)?;
    command.env_clear().envs(environment.exposed());
    let directory: PathBuf = directory.into();
    command.current_dir(directory).process_group(0).kill_on_drop(true);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());

    let runtime = Handle::current();
    let (give, started) = oneshot::channel();
    let task: Task = Box::new(move || {
        let _runtime = runtime.enter();
        // When nobody waits any more, dropping the child kills it.
        drop(give.send(command.spawn()));
    });
    spawner()
        .send(task)
        .map_err(|_| io::Error::other("the thread that starts children is gone"))?;
    started
        .await
        .map_err(|_| io::Error::other("the thread that starts children is gone"))?
}

#[allow(
    clippy::disallowed_methods,
    reason = "the runner's one door to other programs; the environment is cleared"
)]
fn command(argv: &[OsString]) -> io::Result<Command> {
    let (program, args) = argv
        .split_first()
        .ok_or_else(|| io::Error::other("no program was named"))?;
    let mut command = Command::new(program);
    command.args(args);
    Ok(command)
}
