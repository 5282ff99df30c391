//! The fleet: who needs people first stands first, of all pages.

use lifeboat_domain::{Cursor, PageRequest};
use lifeboat_store::Engine;

use crate::tests::{OPEN, World, outcome};

#[tokio::test]
async fn who_needs_people_stands_on_the_first_page_however_old_it_is() {
    // Applied, and nobody knows whether it serves: nothing was read of it.
    let world = World::on(Engine::Sqlite, None).await;
    let oldest = world.applied(OPEN).await;
    for suffix in ["first", "second", "third"] {
        world.planned("requester", suffix, OPEN).await;
    }
    let viewer = world.who("viewer").await;
    let mut told = Vec::new();
    let mut request = PageRequest {
        cursor: None,
        limit: Some(1),
    };
    loop {
        let page = world.portal.fleet(&viewer, &request).await.unwrap();
        told.extend(page.items.into_iter().map(|row| row.environment));
        match page.next {
            Some(next) => request.cursor = Some(next),
            None => break,
        }
    }
    assert_eq!(told[0].id, oldest);
    let others: Vec<_> = told[1..]
        .iter()
        .map(|environment| environment.suffix.as_str())
        .collect();
    assert_eq!(
        others,
        ["third", "second", "first"],
        "among equals the newest first, each once"
    );

    request.cursor = Some(Cursor("nonsense".to_owned()));
    let refused = world.portal.fleet(&viewer, &request).await;
    assert_eq!(outcome(refused), "invalid-input");
}
