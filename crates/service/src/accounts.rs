//! Accounts: configured by the operator, chosen by people.

use lifeboat_domain::PageRequest;
use lifeboat_domain::account::Account;
use lifeboat_domain::person::Principal;
use lifeboat_store::NewAccount;

use crate::{Portal, Result};

/// More accounts than this are not listed; a portal has a handful.
const MOST: u32 = 200;

impl Portal {
    /// Makes the configured accounts be as configured; accounts that are no longer configured stay, for their
    /// environments. By the system, at start.
    pub async fn sync_accounts(&self, accounts: Vec<NewAccount>) -> Result<Vec<Account>> {
        let mut synced = Vec::with_capacity(accounts.len());
        for account in accounts {
            synced.push(self.store().upsert_account(account).await?);
        }
        Ok(synced)
    }

    /// The accounts, by name, without their external ids. For everyone who is logged in: a form must offer them.
    pub async fn accounts(&self, _who: &Principal) -> Result<Vec<Account>> {
        let page = PageRequest {
            cursor: None,
            limit: Some(MOST),
        };
        let accounts = self.store().accounts(&page).await?.items;
        Ok(accounts.into_iter().map(without_external_id).collect())
    }
}

/// The external id is what keeps others from using the portal's roles: it is nobody's but STS's business.
pub(crate) fn without_external_id(account: Account) -> Account {
    Account {
        external_id: None,
        ..account
    }
}
