//! Shops that pay: each payment has a key of its own, and is sent with it again and again until it is acknowledged.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::resolver::Resolver;
use super::{Application, PAGE, Site, execute, text};
use crate::aws::{Aws, signature};
use crate::internet::Internet;

const PATH: &str = "/payments";
const KEY: &str = "drill-payment-";
/// IBANs as banks print them for examples.
const ACCOUNTS: [&str; 4] = [
    "DE89370400440532013000",
    "GB82WEST12345698765432",
    "NL91ABNA0417164300",
    "CH9300762011623852957",
];

pub(super) struct Client {
    pub(super) internet: Internet,
    pub(super) application: Application,
    pub(super) resolver: Arc<Resolver>,
}

impl Client {
    /// Sends a payment to where the name leads; where that was.
    pub(super) async fn write(&self, number: i64) -> Result<String> {
        let (host, site) = self.resolver.site(&self.application).await?;
        let key = key(number);
        let signature = signature(&site.region, "execute-api");
        let headers = [("Idempotency-Key", key.as_str()), ("Authorization", &signature)];
        let name = &self.application.name;
        let (status, told) = self
            .internet
            .post(&host, name, PATH, &headers, &payment(number))
            .await?;
        match status {
            200 | 201 => {
                let told: Value = serde_json::from_str(&told).context("reading the acknowledgement")?;
                ensure!(told["status"] == "booked", "the payment is not booked: {told}");
                Ok(site.region)
            }
            _ => bail!("{status} {told}"),
        }
    }
}

/// Sorts as the number does.
fn key(number: i64) -> String {
    format!("{KEY}{number:08}")
}

/// The payment of that number: the same whenever it is sent.
fn payment(number: i64) -> Value {
    let account = |offset: i64| ACCOUNTS[(number + offset).rem_euclid(ACCOUNTS.len() as i64) as usize];
    json!({
        "amount": format!("{}.{:02}", 1 + number % 900, number % 100),
        "currency": "EUR",
        "debtor": account(0),
        "creditor": account(1),
        "reference": key(number),
    })
}

/// The numbers of the payments that a site's database holds.
pub(super) async fn stored(aws: &Aws, application: &Application, site: &Site) -> Result<BTreeSet<i64>> {
    let sql = format!(
        "select idempotency_key from payment where idempotency_key > :last order by idempotency_key limit {PAGE}"
    );
    let mut numbers = BTreeSet::new();
    loop {
        let last = key(numbers.last().copied().unwrap_or_default());
        let parameters = json!([text("last", &last)]);
        let answer = execute(aws, site, &application.database, &sql, parameters).await?;
        let rows = answer["records"]
            .as_array()
            .context("reading the payments: no records")?;
        for row in rows {
            let key = row[0]["stringValue"].as_str();
            let number = key.and_then(|key| key.strip_prefix(KEY)?.parse().ok());
            numbers.insert(number.with_context(|| format!("reading the payments: {row} is none of ours"))?);
        }
        if rows.len() < PAGE {
            return Ok(numbers);
        }
    }
}

/// What is wrong with a site's books: payments that stand twice, by what the client wrote into them rather than by the key that the
/// table keeps unique, and payments without exactly two entries that add up to nothing.
pub(super) async fn misbooked(aws: &Aws, application: &Application, site: &Site) -> Result<Vec<String>> {
    let twice = "select reference from payment group by reference having count(*) > 1";
    let unbalanced = "select p.payment_id from payment p left join ledger_entry e on e.payment_id = p.payment_id \
                      group by p.payment_id having count(e.account) <> 2 or sum(e.amount_minor) <> 0";
    let orphaned = "select e.payment_id from ledger_entry e left join payment p on p.payment_id = e.payment_id \
                    where p.payment_id is null";
    let mut found = Vec::new();
    for (what, sql) in [
        ("booked twice", twice),
        ("without two entries that add up to nothing", unbalanced),
        ("entries without a payment", orphaned),
    ] {
        let answer = execute(aws, site, &application.database, sql, json!([])).await?;
        let rows = answer["records"]
            .as_array()
            .context("reading the books: no records")?;
        found.extend(
            rows.iter()
                .map(|row| format!("{what}: {}", row[0]["stringValue"])),
        );
    }
    Ok(found)
}
