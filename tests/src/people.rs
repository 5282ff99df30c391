//! The people of the demo and of the tests. Their passwords are for loopback only.

/// Team of all but the portal's admin.
pub const TEAM: &str = "ledger";

/// Someone who can log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Log-in name.
    pub login: &'static str,
    /// Name as people say it.
    pub name: &'static str,
    /// Team and roles, as `team:role,role`; none for the portal's admin.
    pub member: Option<&'static str>,
}

impl Person {
    /// Password, the same at every start.
    pub fn password(self) -> String {
        format!("{}-keeps-afloat", self.login)
    }
}

/// Asks for runs.
pub const ANA: Person = person("ana", "Ana Requester", Some("ledger:requester"));
/// Approves them.
pub const BEN: Person = person("ben", "Ben Approver", Some("ledger:approver"));
/// Operates.
pub const OMAR: Person = person("omar", "Omar Operator", Some("ledger:operator"));
/// Operates too: the second one, whom a guarded account asks for.
pub const OLGA: Person = person("olga", "Olga Operator", Some("ledger:operator"));
/// Only reads.
pub const VERA: Person = person("vera", "Vera Viewer", Some("ledger:viewer"));
/// Asks and approves: who must not approve their own runs on a guarded account.
pub const RUTH: Person = person(
    "ruth",
    "Ruth Requester-Approver",
    Some("ledger:requester,approver"),
);
/// Administers the portal.
pub const ROOT: Person = person("root", "Root Admin", None);

/// All of them.
pub const ALL: [Person; 7] = [ANA, BEN, OMAR, OLGA, VERA, RUTH, ROOT];

const fn person(login: &'static str, name: &'static str, member: Option<&'static str>) -> Person {
    Person { login, name, member }
}
