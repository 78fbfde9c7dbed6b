//! What people wrote stays; what is asked for is there afterwards.

use super::*;
use proptest::prelude::*;

const FILE: &str = "# ours\nversion = 1\n\n[[server]]\nname = \"Tickets\" # the old one\nurl = \"https://mcp.example.com/tickets\"\n\
    environment = \"prod\"\nclient_id = \"0oaA\"\nupdated = 2026-01-31\ncolour = \"blue\"\n\n# second\n[[server]]\nname = \"Wiki\"\n";

fn date(text: &str) -> Option<Date> {
    text.parse().ok()
}

#[test]
fn what_is_there_is_read() {
    let servers = Inventory::parse(FILE).unwrap().servers();
    assert_eq!(servers.len(), 2);
    assert_eq!((servers[0].place(), servers[1].place()), ("Tickets (prod)".into(), "Wiki".into()));
    assert_eq!(servers[0].updated, date("2026-01-31"));
    assert_eq!(Inventory::parse(FILE).unwrap().of_app("0oaA").len(), 1);
    assert!(Inventory::parse("").unwrap().servers().is_empty());
}

#[test]
fn a_change_touches_nothing_else() {
    let mut inventory = Inventory::parse(FILE).unwrap();
    inventory.set("tickets", None, "updated", "2026-11-23").unwrap();
    inventory.set("Tickets", Some("PROD"), "name", "Issues").unwrap();
    let expected = FILE.replace("2026-01-31", "2026-11-23").replace("\"Tickets\"", "\"Issues\"");
    assert_eq!(inventory.to_toml(), expected);
    inventory.remove("Issues", None).unwrap();
    assert_eq!(inventory.servers().len(), 1);
    assert!(inventory.to_toml().contains("# second"));
}

#[test]
fn what_does_not_fit_is_said() {
    use InventoryError::*;
    let mut inventory = Inventory::parse(FILE).unwrap();
    assert!(matches!(Inventory::parse("version = 2"), Err(Newer(2))));
    assert!(matches!(Inventory::parse("[[server"), Err(NotToml(_))));
    assert!(matches!(Inventory::parse("[[server]]\nurl = 'x'"), Err(NoName(1))));
    assert!(matches!(Inventory::parse("[[server]]\nname='a'\n[[server]]\nname='A'"), Err(Twice(_))));
    assert!(matches!(inventory.set("nobody", None, "owner", "x"), Err(NotThere(_))));
    assert!(matches!(inventory.set("Wiki", None, "size", "x"), Err(NoKey(_))));
    assert!(matches!(inventory.set("Wiki", None, "checked", "soon"), Err(NoDate(_))));
    assert!(matches!(inventory.set("Wiki", None, "url", "ftp://x"), Err(NoUrl(_))));
    assert!(matches!(inventory.set("Wiki", None, "name", ""), Err(NoName(2))));
    let again = McpServer { name: "wiki".into(), ..McpServer::default() };
    assert!(matches!(inventory.add(&again), Err(Twice(_))));
    assert_eq!(inventory.to_toml(), FILE, "a refused change changes nothing");
}

proptest! {
    #[test]
    fn what_is_added_is_read_back(name in "\\PC{1,20}", owner in "\\PC{0,20}", environment in "[a-z]{0,6}", days in 0_i32..9000) {
        prop_assume!(!name.trim().is_empty());
        let day = date("2020-01-01").and_then(|d| d.checked_add(jiff::Span::new().days(days)).ok());
        let server = McpServer { name, owner, environment, url: "https://a.example/x".into(), checked: day, ..McpServer::default() };
        let mut inventory = Inventory::default();
        inventory.add(&server).unwrap();
        let read = Inventory::parse(&inventory.to_toml()).unwrap();
        prop_assert_eq!(read.servers(), [server]);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*") {
        let _ = Inventory::parse(&text);
    }
}
