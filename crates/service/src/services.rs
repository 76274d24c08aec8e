use std::sync::Arc;

use gateway::Pool;
use store::Store;

use crate::link_previews::LinkPreviews;
use crate::setup::SetupCode;
use crate::throttle::Throttle;
use crate::uploads::Uploads;

/// All that use cases need: the database, the sessions of the numbers and the counters of tries.
/// Cheap to clone; clones share the same state.
#[derive(Clone)]
pub struct Services {
    pub store: Store,
    pub pool: Pool,
    /// The code for creating the first administrator.
    pub setup: SetupCode,
    pub(crate) throttle: Arc<Throttle>,
    /// The files that browsers are sending now.
    pub(crate) uploads: Arc<Uploads>,
    /// The pages behind links that people write; `None` if they are not asked.
    pub(crate) link_previews: Option<Arc<LinkPreviews>>,
}

impl Services {
    pub fn new(store: Store, pool: Pool, setup: SetupCode) -> Self {
        Self {
            store,
            pool,
            setup,
            throttle: Arc::default(),
            uploads: Arc::default(),
            link_previews: Some(Arc::default()),
        }
    }

    /// Makes no previews of links: no page of the web is asked for anything.
    #[must_use]
    pub fn without_link_previews(self) -> Self {
        Self { link_previews: None, ..self }
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Services")
    }
}
