//! `oktui vault`: API tokens kept in one file that is sealed with a passphrase.

use super::args::{VaultArgs, VaultCommand};
use super::commands::{Result, out, pretty};
use super::exit::Exit;
use super::input::{self, Refusal};
use crate::run::error::RunError;
use crate::run::tokens::{self, Tried};
use crate::secret::Secret;
use crate::store::Places;
use crate::text::{Clean, plural, time};
use serde_json::json;
use std::io::IsTerminal;

const PASSPHRASE: &str = "OKTUI_VAULT_PASSPHRASE";
const NEW_PASSPHRASE: &str = "OKTUI_VAULT_NEW_PASSPHRASE";

/// `oktui vault`
///
/// # Errors
/// See the exit codes.
pub async fn vault(command: &VaultCommand, places: Places) -> Result<Exit> {
    match command {
        VaultCommand::Put(args) => put(args, &places).await,
        VaultCommand::List { json } => list(*json, &places).await,
        VaultCommand::Forget(args) => forget(args, &places).await,
        VaultCommand::Passphrase => passphrase(&places).await,
    }
}

/// The token that the vault has for an org, where there is a vault and its passphrase can be had: from the environment, or typed.
///
/// # Errors
/// The passphrase is wrong, or the file is no vault.
pub(super) async fn token(places: &Places, org: &str) -> Result<Option<Secret>> {
    let at_hand =
        std::env::var_os(PASSPHRASE).is_some_and(|v| !v.is_empty()) || std::io::stdin().is_terminal();
    if !at_hand || !tokens::has_vault(places)? {
        return Ok(None);
    }
    let passphrase = input::secret(PASSPHRASE, "passphrase of the vault")?;
    let token = tokens::of(places, org, &passphrase).await?;
    eprintln!(
        "{}",
        if token.is_some() {
            "The API token is the one in the vault."
        } else {
            "The vault has no token for this org."
        }
    );
    Ok(token)
}

fn org(args: &VaultArgs) -> Result<&str> {
    args.org
        .as_deref()
        .filter(|url| !url.trim().is_empty())
        .ok_or_else(|| Refusal::usage("no org: set OKTUI_ORG_URL, or give --org"))
}

async fn put(args: &VaultArgs, places: &Places) -> Result<Exit> {
    let org = org(args)?;
    let passphrase = if tokens::has_vault(places)? {
        input::secret(PASSPHRASE, "passphrase of the vault")?
    } else {
        new_passphrase(PASSPHRASE)?
    };
    let token = input::secret("OKTUI_API_TOKEN", "API token")?;
    let (url, tried) = tokens::keep(places, org, token, &passphrase).await?;
    let tried = match tried {
        Tried::Good => "the org took it",
        Tried::Untried => "the org could not be reached, so it is untried",
    };
    eprintln!("Kept for {}: {tried}.", Clean::new(&url));
    Ok(Exit::Ok)
}

async fn list(json: bool, places: &Places) -> Result<Exit> {
    if !tokens::has_vault(places)? {
        if json {
            out("[]");
        } else {
            out("There is no vault: tokens are not kept. oktui vault put makes one.");
        }
        return Ok(Exit::Ok);
    }
    let passphrase = input::secret(PASSPHRASE, "passphrase of the vault")?;
    let kept = tokens::list(places, &passphrase).await?;
    if json {
        let all: Vec<_> = kept.iter().map(|(org, at)| json!({"org": org, "saved": at.to_string()})).collect();
        out(&pretty(&json!(all)));
        return Ok(Exit::Ok);
    }
    for (org, at) in &kept {
        out(&format!("{}  since {}", Clean::new(org), time::utc(*at)));
    }
    out(&plural(kept.len(), "API token"));
    Ok(Exit::Ok)
}

async fn forget(args: &VaultArgs, places: &Places) -> Result<Exit> {
    let org = org(args)?;
    let passphrase = input::secret(PASSPHRASE, "passphrase of the vault")?;
    if tokens::forget(places, org, &passphrase).await? {
        eprintln!("Forgotten here. It works until it is revoked in Okta, under Security > API > Tokens.");
        Ok(Exit::Ok)
    } else {
        let what = format!("the vault has no token for {}", Clean::new(org));
        Err(RunError::Missing { what, help: "oktui vault list shows the orgs that it has one for.".into() }
            .into())
    }
}

async fn passphrase(places: &Places) -> Result<Exit> {
    let old = input::secret(PASSPHRASE, "passphrase of the vault")?;
    let new = new_passphrase(NEW_PASSPHRASE)?;
    tokens::reseal(places, &old, &new).await?;
    eprintln!("The vault has another passphrase now.");
    Ok(Exit::Ok)
}

/// On a terminal it is typed twice: nothing brings it back.
fn new_passphrase(variable: &str) -> Result<Secret> {
    let given = std::env::var_os(variable).is_some_and(|v| !v.is_empty());
    let new = input::secret(variable, "new passphrase of the vault")?;
    if !given && std::io::stdin().is_terminal() && input::secret(variable, "once more")? != new {
        return Err(Refusal::usage("the two are not the same: nothing was written"));
    }
    Ok(new)
}
