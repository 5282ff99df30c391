//! Databases of many environments in one round of calls. What must not be here: what else falls due, and when.

use super::*;

#[tokio::test(start_paused = true)]
async fn the_databases_of_an_account_are_asked_for_together() {
    let cloud = Arc::new(StubCloud::default());
    let collector = Collector::new(cloud.clone());
    let mut watch = watch_over(50);
    for round in 0..3 {
        let jobs = watch.due(at(round * 10));
        answer_all(&mut watch, &collector, jobs).await;
    }
    let world = cloud.world();
    assert_eq!((world.total("topologies"), world.total("topology")), (3, 0));
    assert_eq!((world.total("clusters"), world.total("cluster")), (3 * 2, 0));
    drop(world);
    for (_, readings) in watch.readings() {
        let judged = safety(readings, None, OBJECTIVES, Utc::now());
        assert_eq!(judged.level, SafetyLevel::Safe, "{judged:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_database_is_its_own_environments_trouble() {
    let cloud = Arc::new(StubCloud::default());
    let collector = Collector::new(cloud.clone());
    let mut watch = watch_over(3);
    let absent = ["cluster-primary-e1", "global-e1"].map(str::to_owned);
    cloud.world().absent.extend(absent);
    let jobs = watch.due(at(0));
    answer_all(&mut watch, &collector, jobs).await;
    for (id, readings) in watch.readings() {
        let is_missing = watch.target(id).unwrap().suffix == "e1";
        let [primary, standby] = &readings.regions[..] else {
            panic!("{readings:?}")
        };
        assert_eq!(standby.cluster.trouble, None);
        let troubles = [&primary.cluster.trouble, &readings.topology.trouble];
        for (trouble, name) in troubles.into_iter().zip(["cluster-primary-e1", "global-e1"]) {
            let told = trouble.as_deref().is_some_and(|why| why.contains(name));
            assert_eq!(told, is_missing, "{trouble:?}");
        }
        assert_eq!(readings.topology.region, STANDBY);
    }
    let asked = cloud.world().calls[&("topologies", PRIMARY.to_owned())];
    assert_eq!(asked, 1, "the other region may know it still");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_fails_is_trouble_for_each_in_the_words_of_one() {
    let cloud = Arc::new(StubCloud::default());
    let collector = Collector::new(cloud.clone());
    let mut watch = watch_over(2);
    cloud.world().dead.insert(STANDBY.to_owned());
    let jobs = watch.due(at(0));
    answer_all(&mut watch, &collector, jobs).await;
    let why = Some("clusters in us-west-2: no answer: timed out");
    for (_, readings) in watch.readings() {
        assert_eq!(readings.regions[0].cluster.trouble, None);
        assert_eq!(readings.regions[1].cluster.trouble.as_deref(), why);
        assert_eq!(readings.topology.trouble, None);
        assert_eq!(readings.topology.region, PRIMARY, "who answered is asked first");
    }
    for region in [STANDBY, PRIMARY] {
        assert_eq!(cloud.world().calls[&("topologies", region.to_owned())], 1);
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_looked_at_closely_drags_nobody_along() {
    let cloud = Arc::new(StubCloud::default());
    let collector = Collector::new(cloud.clone());
    let mut watch = watch_over(50);
    let ids: Vec<_> = watch.readings().map(|(id, _)| id).collect();
    for id in &ids {
        watch.set_pace(*id, Pace::Calm);
    }
    watch.set_pace(ids[7], Pace::Fast);
    let jobs = watch.due(at(0));
    answer_all(&mut watch, &collector, jobs).await;
    cloud.world().calls.clear();
    for second in 1..=60 {
        let jobs = watch.due(at(second));
        answer_all(&mut watch, &collector, jobs).await;
    }
    // Of its 30 rounds two are those in which the others are asked about as well.
    let world = cloud.world();
    assert_eq!((world.total("topology"), world.total("topologies")), (28, 2));
    assert_eq!((world.total("cluster"), world.total("clusters")), (2 * 28, 2 * 2));
}
