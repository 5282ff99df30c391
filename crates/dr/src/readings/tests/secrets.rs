//! How the secrets are asked about, and what becomes of readings from before they were.

use super::*;

#[tokio::test(start_paused = true)]
async fn they_are_asked_about_every_five_minutes_at_any_pace() {
    for pace in [Pace::Fast, Pace::Normal, Pace::Calm] {
        let cloud = Arc::new(StubCloud::default());
        let collector = Collector::new(cloud.clone());
        let mut watch = Watch::default();
        let target = target(AccountId::generate(), "pay");
        let id = target.environment;
        watch.watch(target, None, at(0));
        watch.set_pace(id, pace);
        for minute in 0..=60 {
            let jobs = watch.due(at(minute * 60));
            answer_all(&mut watch, &collector, jobs).await;
        }
        let asked = cloud.world().total("secret");
        assert_eq!(
            asked,
            2 * (1 + 12),
            "{pace:?}: at the start, and twelve times in the hour"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_region_that_is_silent_leaves_the_others_copy_known() {
    let cloud = StubCloud::default();
    let target = target(AccountId::generate(), "pay");
    cloud.world().dead.insert(PRIMARY.to_owned());
    let readings = read_all(&cloud, &target, None).await;
    let [original, copy] = [0, 1].map(|index| &readings.regions[index].secret);
    assert!(
        original.value.is_none() && original.trouble.is_some(),
        "{original:?}"
    );
    let known = copy.known(Utc::now()).unwrap();
    assert_eq!(known.replica_of.as_deref(), Some(PRIMARY));
    assert_eq!(copy.region, STANDBY);
}

#[tokio::test(start_paused = true)]
async fn readings_from_before_they_were_asked_about_learn_where_they_are() {
    let cloud = StubCloud::default();
    let target = target(AccountId::generate(), "pay");
    let mut kept = serde_json::to_value(read_all(&cloud, &target, None).await).unwrap();
    for region in kept["regions"].as_array_mut().unwrap() {
        region.as_object_mut().unwrap().remove("secret").unwrap();
    }
    let kept: Readings = serde_json::from_value(kept).unwrap();
    cloud.world().dead.insert(STANDBY.to_owned());
    let readings = read_all(&cloud, &target, Some(kept)).await;
    for (index, region) in [PRIMARY, STANDBY].into_iter().enumerate() {
        let secret = &readings.regions[index].secret;
        let told = (
            secret.source.as_str(),
            secret.region.as_str(),
            secret.max_age_seconds,
        );
        assert_eq!(told, ("Secrets Manager DescribeSecret", region, 900));
        assert_eq!(secret.value.is_some(), region == PRIMARY);
        assert_eq!(secret.trouble.is_some(), region == STANDBY);
    }
}
