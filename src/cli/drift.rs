//! `oktui drift`: a Setup file against the app as it is in the org.

use super::args::{DriftArgs, SideArg};
use super::commands::{Result, connect, find_app, make_plan, out, pretty, read_setup};
use super::exit::Exit;
use super::input::Refusal;
use super::print;
use crate::checkup::{Drifted, Field};
use crate::run::checkup;
use crate::setup::to_commented_toml;
use crate::store::{self, Places};
use crate::text::{Clean, pad, plural};
use serde_json::{Value, json};
use std::fmt::Write;

/// `oktui drift FILE`
///
/// # Errors
/// See the exit codes.
pub async fn drift(args: &DriftArgs, places: Places) -> Result<Exit> {
    let wanted = read_setup(&args.file)?;
    let session = connect(&args.org, places, true).await?;
    let app = find_app(&session, args.app.as_deref().unwrap_or(&wanted.app.name)).await?;
    let (fields, live) = checkup::against(&session, &app, &wanted).await?;
    match args.accept {
        Some(SideArg::File) => {
            let made = make_plan(&session, wanted, String::new()).await?;
            if args.org.json {
                out(&pretty(&print::plan_json(&made.plan, &made.estimate)));
            } else {
                out(&print::plan(&made.plan, &made.estimate));
                eprintln!("oktui apply {} makes it so.", Clean::new(&args.file.to_string_lossy()));
            }
            return Ok(Exit::Ok);
        }
        Some(SideArg::Live) => {
            // clap asks for it; without it there is nowhere to write.
            let Some(path) = &args.out else { return Err(Refusal::usage("--accept live needs --out FILE")) };
            let shown = Clean::new(&path.to_string_lossy());
            let written = store::write_private_new(path, to_commented_toml(&live).as_bytes())
                .map_err(|e| Refusal::usage(e.to_string()))?;
            if !written {
                return Err(Refusal::usage(format!("{shown} is there already, and is not written over")));
            }
            eprintln!("{shown} says what the org has. Comments of your own file are not in it.");
            return Ok(Exit::Ok);
        }
        None => {}
    }
    if args.org.json {
        out(&pretty(&document(&app.label(), &fields)));
    } else {
        out(&text(&app.label(), &fields, args.all));
    }
    let any = |kinds: &[Drifted]| fields.iter().any(|f| kinds.contains(&f.kind));
    Ok(if any(&[Drifted::Differs, Drifted::OnlyWanted, Drifted::OnlyLive]) {
        Exit::FoundWrong
    } else if any(&[Drifted::NotReadable]) {
        Exit::CannotTell
    } else {
        Exit::Ok
    })
}

fn document(app: &Clean, fields: &[Field]) -> Value {
    let rows: Vec<Value> = fields
        .iter()
        .map(|f| json!({"field": f.name, "wanted": f.wanted, "live": f.live, "kind": f.kind.as_str()}))
        .collect();
    let differs = fields.iter().filter(|f| !matches!(f.kind, Drifted::Same | Drifted::NotReadable)).count();
    json!({"app": app, "fields": rows, "differs": differs})
}

fn text(app: &Clean, fields: &[Field], all: bool) -> String {
    let same = fields.iter().filter(|f| f.kind == Drifted::Same).count();
    let other = fields.len() - same;
    let mut text = format!("{app}: {} as the Setup says, {other} not\n", plural(same, "field"));
    for field in fields.iter().filter(|f| all || f.kind != Drifted::Same) {
        let (wanted, live) = (field.wanted.as_str(), field.live.as_str());
        let said = match field.kind {
            Drifted::Same => live.to_owned(),
            Drifted::Differs => format!("wanted {wanted}; in the org {live}"),
            Drifted::OnlyWanted => format!("wanted {wanted}; not in the org"),
            Drifted::OnlyLive => format!("only in the org: {live}"),
            Drifted::NotReadable => format!("wanted {wanted}; could not be read"),
        };
        let mark = if field.kind == Drifted::Same { "  " } else { "≠ " };
        let _ = writeln!(text, "{mark}{} {said}", pad(field.name, 22));
    }
    if other > 0 {
        text.push_str("\n--accept file shows the plan; it adds, and leaves what only the org has. --accept live --out FILE writes the org's side.\n");
    }
    text
}
