use super::*;
use crate::secret::Secret;
use crate::uri::Callback;
use proptest::prelude::*;

fn acme() -> Org {
    Org {
        prod: true,
        last_used: Some("2026-11-22T19:04:05Z".parse().unwrap()),
        authorization_server: Some("default".into()),
        callbacks: vec![Callback { environment: "prod".into(), uri: "https://h.x/cb".into() }],
        ..Org::new("prod", "https://acme.okta.com")
    }
}

#[test]
fn orgs_are_kept_without_what_was_not_saved() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    assert_eq!(load(&places).unwrap(), Orgs::default());
    let mut orgs = Orgs::default();
    orgs.remember(acme());
    orgs.remember(Org::new("test", "https://acme-test.oktapreview.com"));
    save(&places, &orgs).unwrap();
    assert_eq!(load(&places).unwrap(), orgs);
    assert!(std::fs::read_to_string(orgs_file(&places)).unwrap().starts_with("# The orgs that oktui knows."));
}

#[test]
fn keys_of_a_newer_program_survive() {
    let text = "version = 1\ntheme = \"x\"\n[[org]]\nlabel = \"a\"\nurl = \"https://a\"\nzone = \
        \"eu\"\n[org.more]\nx = [1]\n[[org.callback]]\nenvironment = \"prod\"\nuri = \
        \"https://h\"\n";
    let orgs = Orgs::parse(text.as_bytes()).unwrap();
    assert_eq!((orgs.org[0].prod, orgs.org[0].callbacks.len()), (false, 1));
    let again = orgs.to_toml().unwrap();
    assert_eq!(Orgs::parse(again.as_bytes()).unwrap(), orgs);
    for kept in ["theme = \"x\"", "zone = \"eu\"", "x = [1]"] {
        assert!(again.contains(kept), "{kept} is gone:\n{again}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    for (bytes, said) in [
        (&b"version = 1\n[[org]]\nlabel = 7\n"[..], "line 3"),
        (b"version = 2\n", "version 2"),
        (b"\xff", "UTF-8"),
    ] {
        store::write_private(&orgs_file(&places), bytes).unwrap();
        let error = load(&places).unwrap_err().to_string();
        assert!(error.contains(said) && error.contains("orgs.toml"), "{error}");
        assert_eq!(store::read(&orgs_file(&places)).unwrap().unwrap(), bytes);
    }
}

#[test]
fn the_latest_org_comes_first_and_once() {
    let mut orgs = Orgs::default();
    for url in ["https://a", "https://b", "https://a"] {
        orgs.remember(Org::new("x", url));
    }
    assert_eq!(orgs.org.iter().map(|o| o.url.as_str()).collect::<Vec<_>>(), ["https://a", "https://b"]);
    assert!(orgs.find("https://b").is_some());
    assert!(orgs.forget("https://b") && !orgs.forget("https://b"));
}

#[test]
fn the_key_of_an_installation_stays_and_is_its_own() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (one, two) = (Places::under(one.path()), Places::under(two.path()));
    let secret = Secret::new("0123456789abcdef");
    let first = install_key(&one).unwrap().of(&secret);
    assert_eq!(install_key(&one).unwrap().of(&secret), first);
    assert_ne!(install_key(&two).unwrap().of(&secret), first);
    // A damaged key is replaced, and the new one stays.
    store::write_private(&one.state.join("fingerprint.key"), b"short").unwrap();
    let renewed = install_key(&one).unwrap().of(&secret);
    assert_ne!(renewed, first);
    assert_eq!(install_key(&one).unwrap().of(&secret), renewed);
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(labels in prop::collection::vec((any::<String>(), any::<String>(), any::<bool>()), 0..4)) {
        let mut orgs = Orgs::default();
        for (label, url, flag) in labels {
            let callbacks = vec![Callback { environment: label.clone(), uri: url.clone() }];
            orgs.remember(Org { prod: flag, read_only: !flag, callbacks, ..Org::new(label, url) });
        }
        let text = orgs.to_toml().unwrap();
        prop_assert_eq!(Orgs::parse(text.as_bytes()), Ok(orgs));
    }
}
