//! The crates of this project, by the targets of their events.

/// The crates of this project. They log no secret at any level.
const OURS: &[&str] =
    &["server", "app", "service", "gateway", "store", "phone", "text", "model", "migrations"];

/// Returns true if the target is a module of this project.
pub(super) fn is_ours(target: &str) -> bool {
    let root = target.split_once("::").map_or(target, |(root, _)| root);
    OURS.contains(&root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namesake_or_a_part_of_a_name_is_not_ours() {
        for ours in ["server", "store::ingest::messages", "app::error"] {
            assert!(is_ours(ours), "{ours}");
        }
        for other in ["storekeeper", "server_fn::x", "whatsapp_rust::store", "Client/App", ""] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
