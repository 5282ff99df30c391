//! A throw-away PostgreSQL server: on a Unix socket in a temporary folder, without durability, ended by its id.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use secrecy::SecretString;
use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;

const INSTALL: &str = "PostgreSQL's server programs (initdb, postgres) were not found in /usr/lib/postgresql/*/bin nor in \
                       PATH; install them, on Debian with: apt-get install postgresql";

/// A PostgreSQL server; ended on drop, and by the kernel should the test process die.
#[derive(Debug)]
pub struct PostgresServer {
    folder: TempDir,
    databases: AtomicU32,
    /// Closed to end the server.
    stop: Option<Sender<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl PostgresServer {
    /// The server of this process, started when no one holds it yet.
    pub fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Self::start());
            *shared = Arc::downgrade(&server);
            server
        })
    }

    /// Starts one. Panics with what to install when the server's programs are missing.
    pub fn start() -> Self {
        let programs = programs().expect(INSTALL);
        let folder = tempfile::Builder::new()
            .prefix("lifeboat-pg")
            .tempdir()
            .expect("making a temporary folder");
        let user = server_user(folder.path());
        initialise(&programs, folder.path(), user);
        let (stop, stopped) = channel();
        let (ready, is_ready) = channel();
        let (bin, root) = (programs, folder.path().to_owned());
        // The kernel ends the child when the thread that started it ends: so one thread keeps it from start to end.
        let keeper = std::thread::spawn(move || keep(&bin, &root, user, &ready, &stopped));
        if is_ready.recv_timeout(Duration::from_secs(60)).is_err() {
            let log = std::fs::read_to_string(folder.path().join("log")).unwrap_or_default();
            panic!("PostgreSQL did not start within a minute; its log:\n{log}");
        }
        Self {
            folder,
            databases: AtomicU32::new(0),
            stop: Some(stop),
            keeper: Some(keeper),
        }
    }

    /// The URL of a new empty database in it.
    pub async fn new_database(&self) -> SecretString {
        sqlx::any::install_default_drivers();
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = sqlx::AnyConnection::connect(&self.url("postgres"))
            .await
            .expect("connecting to the throw-away PostgreSQL");
        sqlx::raw_sql(AssertSqlSafe(format!("create database {name}")))
            .execute(&mut connection)
            .await
            .expect("creating a database");
        connection.close().await.expect("closing a connection");
        self.url(&name).into()
    }

    fn url(&self, database: &str) -> String {
        format!(
            "postgres://lifeboat@localhost/{database}?host={}",
            self.folder.path().display()
        )
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(keeper) = self.keeper.take() {
            // A panic of the keeper was seen by whoever waited for the server.
            let _ = keeper.join();
        }
    }
}

/// The folder of the newest server's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten();
    let mut folders: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let newest_first = folders.into_iter().rev().map(|(_, folder)| folder);
    newest_first
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// PostgreSQL refuses to run as root: then it runs as somebody else, who must own the folder.
fn server_user(folder: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let owner = folder.metadata().expect("reading the temporary folder").uid();
    if owner != 0 {
        return None;
    }
    let people = std::fs::read_to_string("/etc/passwd").expect("reading /etc/passwd");
    let ids = |name: &str| {
        let line = people.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    let (user, group) = ids("postgres")
        .or_else(|| ids("nobody"))
        .expect("a user postgres or nobody to run PostgreSQL as");
    chown(folder, Some(user), Some(group)).expect("giving the folder to PostgreSQL's user");
    Some((user, group))
}

fn command(program: &Path, folder: &Path, user: Option<(u32, u32)>) -> Command {
    #[allow(
        clippy::disallowed_methods,
        reason = "a server for tests; its environment is cleared below"
    )]
    let mut command = Command::new("setpriv");
    if let Some((user, group)) = user {
        command
            .arg(format!("--reuid={user}"))
            .arg(format!("--regid={group}"))
            .arg("--clear-groups");
    }
    // SIGQUIT is PostgreSQL's immediate shutdown.
    command.args(["--pdeathsig", "QUIT", "--"]).arg(program);
    let log = std::fs::File::options()
        .create(true)
        .append(true)
        .open(folder.join("log"))
        .expect("opening PostgreSQL's log");
    let error_log = log.try_clone().expect("opening PostgreSQL's log twice");
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(error_log);
    command
}

fn initialise(programs: &Path, folder: &Path, user: Option<(u32, u32)>) {
    let status = command(&programs.join("initdb"), folder, user)
        .args([
            "-D",
            "data",
            "-U",
            "lifeboat",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ])
        .status()
        .expect("starting initdb through setpriv (package util-linux)");
    if !status.success() {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("initdb failed:\n{log}");
    }
}

fn keep(
    programs: &Path,
    folder: &Path,
    user: Option<(u32, u32)>,
    ready: &Sender<()>,
    stopped: &Receiver<()>,
) {
    let mut server = command(&programs.join("postgres"), folder, user)
        .args(["-D", "data", "-k"])
        .arg(folder)
        .args([
            "-c",
            "listen_addresses=",
            "-c",
            "fsync=off",
            "-c",
            "synchronous_commit=off",
        ])
        .args([
            "-c",
            "full_page_writes=off",
            "-c",
            "max_connections=300",
            "-c",
            "shared_buffers=32MB",
        ])
        .spawn()
        .expect("starting postgres through setpriv (package util-linux)");
    let status = folder.join("data/postmaster.pid");
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline && matches!(server.try_wait(), Ok(None)) {
        // The server writes this word into its status line when it takes connections.
        if std::fs::read_to_string(&status).is_ok_and(|text| text.contains("ready")) {
            // Nobody waits any more when the starter gave up; then the channel below is closed, too.
            let _ = ready.send(());
            let _ = stopped.recv();
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    end(&mut server);
}

/// Immediate shutdown by the child's own id; by force when that takes too long.
fn end(server: &mut Child) {
    let pid = i32::try_from(server.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(pid) = pid {
        // It may be gone already.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::QUIT);
    }
    let deadline = Instant::now() + Duration::from_secs(10);
    while Instant::now() < deadline {
        if !matches!(server.try_wait(), Ok(None)) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = server.kill();
    let _ = server.wait();
}
