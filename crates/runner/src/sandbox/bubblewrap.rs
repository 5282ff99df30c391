//! bubblewrap's arguments. What must not be here: the environment (it goes past the arguments, which are public).

use std::ffi::OsString;
use std::path::Path;

use super::Job;

/// Bytes a child may write to each of its private temporary folders, which are memory: room for one provider's archive.
const SCRATCH_BYTES: u64 = 512 * 1024 * 1024;

/// Files below /etc without which names and certificates cannot be resolved.
const SYSTEM_FILES: [&str; 7] = [
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/ssl",
    "/etc/ca-certificates",
    "/etc/pki",
    "/etc/localtime",
];

/// Folders that are links into /usr on a merged system and folders of their own elsewhere.
const SYSTEM_FOLDERS: [&str; 4] = ["/bin", "/lib", "/lib64", "/sbin"];

/// Own namespaces (but for the network: Terraform must reach AWS and the portal), no capabilities, nothing writable
/// but the job's own folders and a small private /tmp.
pub(super) fn arguments(job: &Job) -> Vec<OsString> {
    let mut args = Arguments::default();
    args.flags(&[
        "--unshare-user",
        "--disable-userns",
        "--uid",
        "65534",
        "--gid",
        "65534",
    ]);
    args.flags(&[
        "--unshare-pid",
        "--unshare-ipc",
        "--unshare-uts",
        "--unshare-cgroup-try",
    ]);
    args.flags(&[
        "--hostname",
        "lifeboat",
        "--new-session",
        "--die-with-parent",
        "--cap-drop",
        "ALL",
    ]);
    args.bind("--ro-bind", "/usr", "/usr");
    for folder in SYSTEM_FOLDERS.map(Path::new) {
        match std::fs::read_link(folder) {
            Ok(target) => args.bind("--symlink", target, folder),
            Err(_) => args.bind("--ro-bind-try", folder, folder),
        }
    }
    for file in SYSTEM_FILES {
        args.bind("--ro-bind-try", file, file);
    }
    args.flags(&["--proc", "/proc", "--dev", "/dev"]);
    for scratch in ["/dev/shm", "/tmp"] {
        args.flags(&["--size", &SCRATCH_BYTES.to_string(), "--tmpfs", scratch]);
    }
    args.flags(&["--remount-ro", "/dev"]);
    for mount in &job.mounts {
        let how = if mount.writable { "--bind" } else { "--ro-bind" };
        args.bind(how, &mount.from, &mount.to);
    }
    args.flags(&["--remount-ro", "/"]);
    args.bind("--chdir", &job.directory, "");
    args.0
}

#[derive(Default)]
struct Arguments(Vec<OsString>);

impl Arguments {
    fn flags(&mut self, flags: &[&str]) {
        self.0.extend(flags.iter().map(OsString::from));
    }

    fn bind(&mut self, how: &str, from: impl AsRef<Path>, to: impl AsRef<Path>) {
        self.0.push(how.into());
        self.0.push(from.as_ref().into());
        if !to.as_ref().as_os_str().is_empty() {
            self.0.push(to.as_ref().into());
        }
    }
}
