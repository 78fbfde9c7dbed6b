use super::*;
use crate::text::is_unsafe;

#[test]
fn the_example_is_a_setup_that_only_waits_for_offline_access() {
    let setup = parse(&example()).unwrap();
    assert_eq!(setup.app.name, "Cequence AI Gateway");
    assert_eq!(
        setup.redirect_uris,
        [RedirectUri { environment: "prod".into(), uri: GATEWAY_CALLBACK.into() }]
    );
    assert_eq!(
        (setup.access.mode, &setup.access.groups[..]),
        (AccessMode::Controlled, &["MCP-Users".to_owned()][..])
    );
    assert_eq!(setup.access.people, [""; 0]);
    assert_eq!(
        setup.authorization_server,
        AuthorizationServer {
            id: "default".into(),
            scopes: ["email", "profile", "openid"].map(str::to_owned).to_vec(),
            access_policy: true
        }
    );
    let bad: Vec<_> = checks(&setup, &Context::with_gateway_callback())
        .into_iter()
        .filter(|c| c.severity >= Severity::Warn)
        .map(|c| c.name)
        .collect();
    assert_eq!(bad, ["offline-access"]);
}

#[test]
fn every_field_of_the_example_has_a_comment_above_it() {
    let text = example();
    let lines: Vec<&str> = text.lines().collect();
    for pair in lines.windows(2) {
        let key = pair[1].split(" = ").next().unwrap();
        if pair[1].contains(" = ")
            && !pair[1].starts_with('#')
            && !["environment", "uri", "refresh_token"].contains(&key)
        {
            assert!(pair[0].starts_with('#'), "{}", pair[1]);
        }
    }
    assert!(lines.iter().all(|l| l.len() <= 100));
    // What is commented out is good as well.
    let opened = text
        .replace("# logo", "logo")
        .replace("# [[mcp", "[[mcp")
        .replace("# name =", "name =")
        .replace("# url =", "url =");
    let setup = parse(&opened).unwrap();
    assert_eq!(setup.mcp_servers.len(), 1);
    assert!(setup.app.logo.is_some());
}

#[test]
fn the_smallest_document_has_the_defaults() {
    let setup = parse("version = 1\n[app]\nname = \"A\"\n").unwrap();
    assert_eq!(setup.grants, Grants::default());
    assert_eq!(setup.redirect_uris, []);
}

#[test]
fn a_document_that_cannot_be_read_says_where_and_what_helps() {
    for (text, said) in [
        (
            "version = 1\n[app]\nnam = \"A\"\n",
            "line 3, column 1: \"nam\" is not known here; did you mean \"name\"",
        ),
        (
            "version = 1\n[app]\nname = \"A\"\n[redirect_urls]\n",
            "line 4, column 2: \"redirect_urls\" is not known here; did you mean \"redirect_uri\"",
        ),
        (
            "version = 1\n[app]\nname = \"A\"\nzzz = 1\n",
            "line 4, column 1: \"zzz\" is not known here; known are name, logo, \
                client_authentication, pkce_required",
        ),
        (
            "version = 1\n[app]\nname = \"A\"\nclient_authentication = \"client-secret-basic\"\n",
            "line 4, column 25: \"client-secret-basic\" is not known here; did you mean \
                \"client_secret_basic\"",
        ),
        ("version = 1\n[app]\nname = \"A\n", "line 3, column 10: invalid basic string, expected `\"`"),
        ("version = 1\n[app]\nname = 7\n", "line 3, column 8: invalid type: integer `7`, expected a string"),
        ("version = 1\n[app]\nlogo = \"x\"\n", "line 2, column 1: missing field `name`"),
        (
            "[app]\nname = \"A\"\n",
            "there is no version: a Setup file begins with version = 1. `oktui setup example` prints one",
        ),
        (
            "version = 2\n",
            "this file has version 2, and this oktui reads version 1: a newer oktui may read it",
        ),
        (
            "version = \"1\"\n",
            "this file has version \"1\", and this oktui reads version 1: a newer oktui may read it",
        ),
    ] {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(said), "{text}\n{error}\n{said}");
    }
}

#[test]
fn what_a_file_says_cannot_reach_the_terminal() {
    let error = parse("version = 1\n[app]\nname = \"A\"\n\"a\\u001b[31m\" = 1\n").unwrap_err().to_string();
    assert!(!error.contains('\u{1b}'), "{error:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_written_is_read_back(setup in any_setup()) {
        let text = to_commented_toml(&setup);
        prop_assert_eq!(parse(&text), Ok(setup));
        prop_assert!(!text.chars().any(|c| c != '\n' && is_unsafe(c)), "an editor would hide something");
    }

    #[test]
    fn any_text_put_anywhere_is_read_or_refused_in_one_drawable_line(piece in hostile_text(), at in any::<prop::sample::Index>()) {
        let mut chars: Vec<char> = example().chars().collect();
        let at = at.index(chars.len());
        chars.splice(at..at, piece.chars());
        if let Err(error) = parse(&chars.into_iter().collect::<String>()) {
            prop_assert!(!error.to_string().chars().any(is_unsafe), "{:?}", error.to_string());
        }
    }
}
