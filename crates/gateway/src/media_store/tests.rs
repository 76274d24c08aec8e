//! The same tests for the folder and the bucket.

use std::fs;

use s3server::S3Server;

use super::*;
use crate::files::Purpose;

const NUMBER: ConnectionId = ConnectionId(1);
const OTHER: ConnectionId = ConnectionId(2);
const MESSAGE: MessageId = MessageId(7);

/// A place of files for one test.
struct Scene {
    media: MediaStore,
    server: Option<S3Server>,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn in_folder() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let media = MediaStore::in_folder(folder.path().join("media")).unwrap();
        Self { media, server: None, folder }
    }

    async fn in_bucket() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = S3Server::start(&folder.path().join("s3")).await.unwrap();
        let media = MediaStore::in_bucket(folder.path().join("media"), bucket(&server));
        Self { media, server: Some(server), folder }
    }

    async fn both() -> [Self; 2] {
        [Self::in_folder().await, Self::in_bucket().await]
    }

    /// Publishes a file as a download does.
    async fn publish(&self, number: ConnectionId, message: MessageId, content: &[u8]) {
        let file = self.media.files().begin(number, Purpose::Download).unwrap();
        fs::write(file.path(), content).unwrap();
        assert!(self.media.publish(file, number, message).await.is_ok());
    }

    async fn read(&self, number: ConnectionId, message: MessageId) -> io::Result<Vec<u8>> {
        collect(self.media.read(number, message, None).await?).await
    }

    /// Returns the names in the local folder of a number.
    fn on_disk(&self, number: ConnectionId) -> Vec<String> {
        let folder = self.folder.path().join("media").join(number.to_string());
        let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

fn address(server: &S3Server) -> BucketAddress {
    BucketAddress {
        bucket: s3server::BUCKET.to_owned(),
        prefix: s3server::PREFIX.to_owned(),
        endpoint: Some(server.endpoint()),
        region: "us-east-1".to_owned(),
    }
}

fn credentials(secret: &str) -> BucketCredentials {
    BucketCredentials {
        key_id: s3server::KEY_ID.to_owned(),
        secret: secret.to_owned(),
        session_token: None,
    }
}

fn bucket(server: &S3Server) -> Bucket {
    Bucket::new(address(server), credentials(s3server::SECRET)).unwrap()
}

async fn collect(stream: MediaStream) -> io::Result<Vec<u8>> {
    let chunks: Vec<Bytes> = stream.try_collect().await?;
    Ok(chunks.concat())
}

fn kind<T>(result: io::Result<T>) -> Option<io::ErrorKind> {
    result.err().map(|error| error.kind())
}

/// The copy of a file of so many bytes.
fn copy_of(bytes: u64) -> FileCopy {
    let (from, to) = ((NUMBER, MESSAGE), (OTHER, MessageId(8)));
    FileCopy { from, to, bytes, since: Utc::now() }
}

/// A content of two parts and a bit, which differ.
fn large() -> Vec<u8> {
    (0..11 * 1024 * 1024 + 5_u32).map(|at| u8::try_from(at / 4093 % 251).unwrap()).collect()
}

#[tokio::test]
async fn a_published_file_is_read_whole_and_in_ranges() {
    for scene in Scene::both().await {
        assert_eq!(kind(scene.media.find(NUMBER, MESSAGE).await), Some(io::ErrorKind::NotFound));
        assert_eq!(kind(scene.read(NUMBER, MESSAGE).await), Some(io::ErrorKind::NotFound));
        assert_eq!(scene.media.length(NUMBER, MESSAGE).await.unwrap(), 0);
        scene.publish(NUMBER, MESSAGE, b"0123456789").await;
        let found = scene.media.find(NUMBER, MESSAGE).await.unwrap();
        assert_eq!(found.bytes, 10);
        assert!((Utc::now() - found.modified).num_minutes().abs() < 2);
        assert_eq!(scene.media.length(NUMBER, MESSAGE).await.unwrap(), 10);
        assert_eq!(scene.read(NUMBER, MESSAGE).await.unwrap(), b"0123456789");
        for range in [0..1, 2..5, 9..10, 0..10] {
            let part = scene.media.read(NUMBER, MESSAGE, Some(range.clone())).await.unwrap();
            let wanted: Vec<u8> = range.map(|at| b'0' + u8::try_from(at).unwrap()).collect();
            assert_eq!(collect(part).await.unwrap(), wanted);
        }
        scene.publish(NUMBER, MESSAGE, b"other").await;
        assert_eq!(scene.read(NUMBER, MESSAGE).await.unwrap(), b"other", "it is replaced");
    }
}

#[tokio::test]
async fn a_large_file_arrives_in_parts_and_a_thread_reads_it() {
    for scene in Scene::both().await {
        let content = large();
        scene.publish(NUMBER, MESSAGE, &content).await;
        let (length, mut reader) = scene.media.open(NUMBER, MESSAGE).await.unwrap();
        assert_eq!(length, content.len() as u64);
        let read = blocking(move || {
            let mut all = Vec::new();
            reader.read_to_end(&mut all).map(|_| all)
        });
        assert!(read.await.unwrap() == content);
        let middle = 6_000_000..6_000_100;
        let part = scene.media.read(NUMBER, MESSAGE, Some(middle)).await.unwrap();
        assert_eq!(collect(part).await.unwrap(), content[6_000_000..6_000_100]);
    }
}

#[tokio::test]
async fn a_file_in_a_bucket_takes_no_room_on_the_disk() {
    let scene = Scene::in_bucket().await;
    scene.publish(NUMBER, MESSAGE, b"foto").await;
    assert_eq!(scene.on_disk(NUMBER), [""; 0]);
    let server = scene.server.as_ref().unwrap();
    assert_eq!(fs::read(server.object("1/7")).unwrap(), b"foto");
    assert!(!scene.media.is_on_disk());
    assert!(Scene::in_folder().await.media.is_on_disk());
}

#[tokio::test]
async fn a_file_of_a_browser_is_published_until_its_message_is_stored() {
    for scene in Scene::both().await {
        let media = &scene.media;
        let part = media.files().upload_path(NUMBER, MESSAGE).unwrap();
        fs::write(&part, b"half").unwrap();
        for _ in 0..2 {
            media.publish_upload(NUMBER, MESSAGE, None).await.unwrap();
            assert_eq!(scene.read(NUMBER, MESSAGE).await.unwrap(), b"half");
            assert!(part.exists(), "the message may not be stored after all");
        }
        let made = media.files().begin_conversion(NUMBER).unwrap();
        fs::write(&made, b"ogg").unwrap();
        media.publish_upload(NUMBER, MESSAGE, Some(made)).await.unwrap();
        assert_eq!(scene.read(NUMBER, MESSAGE).await.unwrap(), b"ogg");
        media.forget_upload(NUMBER, MESSAGE).await.unwrap();
        media.forget_upload(NUMBER, MESSAGE).await.unwrap();
        assert_eq!(scene.read(NUMBER, MESSAGE).await.unwrap(), b"ogg", "the file stays");
        let nothing = media.publish_upload(NUMBER, MESSAGE, None).await;
        assert_eq!(kind(nothing), Some(io::ErrorKind::NotFound));

        fs::write(&part, b"half").unwrap();
        media.discard_upload(NUMBER, MESSAGE).await.unwrap();
        media.discard_upload(NUMBER, MESSAGE).await.unwrap();
        assert!(!part.exists());
        assert_eq!(kind(scene.read(NUMBER, MESSAGE).await), Some(io::ErrorKind::NotFound));
    }
}

#[tokio::test]
async fn a_copy_stays_when_its_source_is_removed() {
    for scene in Scene::both().await {
        let copy = copy_of(4);
        assert_eq!(kind(scene.media.copy(copy).await), Some(io::ErrorKind::NotFound));
        for content in [b"foto", b"FOTO"] {
            scene.publish(NUMBER, MESSAGE, content).await;
            scene.media.copy(copy).await.unwrap();
            scene.media.copy(copy).await.unwrap();
            scene.media.remove_one(NUMBER, MESSAGE).await.unwrap();
            scene.media.remove_one(NUMBER, MESSAGE).await.unwrap();
            scene.media.copy(copy).await.unwrap();
            assert_eq!(scene.read(OTHER, MessageId(8)).await.unwrap(), content);
        }
        let other = scene.media.copy(copy_of(5)).await;
        assert_eq!(kind(other), Some(io::ErrorKind::NotFound), "what is there is another file");
    }
}

#[tokio::test]
async fn files_go_with_their_number_and_those_of_others_stay() {
    for scene in Scene::both().await {
        // The name of one number begins with that of the other.
        let similar = ConnectionId(12);
        for (number, message) in [(NUMBER, 7), (NUMBER, 8), (similar, 7)] {
            scene.publish(number, MessageId(message), b"foto").await;
        }
        fs::write(scene.media.files().upload_path(NUMBER, MessageId(9)).unwrap(), b"half").unwrap();
        scene.media.remove(NUMBER).await.unwrap();
        scene.media.remove(NUMBER).await.unwrap();
        for message in [7, 8] {
            let left = scene.read(NUMBER, MessageId(message)).await;
            assert_eq!(kind(left), Some(io::ErrorKind::NotFound));
        }
        assert_eq!(scene.on_disk(NUMBER), [""; 0]);
        assert_eq!(scene.read(similar, MESSAGE).await.unwrap(), b"foto");
    }
}

#[tokio::test]
async fn a_bucket_out_of_reach_loses_nothing() {
    let mut scene = Scene::in_bucket().await;
    scene.publish(NUMBER, MESSAGE, b"foto").await;
    let file = scene.media.files().begin(NUMBER, Purpose::Download).unwrap();
    fs::write(file.path(), b"other").unwrap();
    scene.server.as_mut().unwrap().stop().await;

    assert_eq!(kind(scene.media.find(NUMBER, MESSAGE).await), Some(io::ErrorKind::HostUnreachable));
    assert_eq!(kind(scene.read(NUMBER, MESSAGE).await), Some(io::ErrorKind::HostUnreachable));
    assert!(scene.media.length(NUMBER, MESSAGE).await.is_err(), "it is not 0");
    assert!(scene.media.remove_one(NUMBER, MESSAGE).await.is_err());
    assert_eq!(kind(scene.media.copy(copy_of(4)).await), Some(io::ErrorKind::HostUnreachable));
    let Err(Unpublished { file: Some(file), .. }) =
        scene.media.publish(file, NUMBER, MessageId(8)).await
    else {
        panic!("the file waits for another attempt")
    };

    scene.server.as_mut().unwrap().start_again().await.unwrap();
    assert!(scene.media.publish(file, NUMBER, MessageId(8)).await.is_ok());
    assert_eq!(scene.read(NUMBER, MessageId(8)).await.unwrap(), b"other");
    assert_eq!(scene.read(NUMBER, MESSAGE).await.unwrap(), b"foto");
}

#[tokio::test]
async fn in_a_bucket_that_is_gone_no_file_is_missing() {
    let scene = Scene::in_bucket().await;
    scene.publish(NUMBER, MESSAGE, b"foto").await;
    let server = scene.server.as_ref().unwrap();
    let elsewhere = scene.folder.path().join("elsewhere");
    fs::rename(server.bucket(), &elsewhere).unwrap();
    assert_eq!(kind(scene.media.find(NUMBER, MESSAGE).await), Some(io::ErrorKind::HostUnreachable));
    assert_eq!(kind(scene.read(NUMBER, MESSAGE).await), Some(io::ErrorKind::HostUnreachable));
    fs::rename(&elsewhere, server.bucket()).unwrap();
    assert_eq!(scene.read(NUMBER, MESSAGE).await.unwrap(), b"foto");
}

#[tokio::test]
async fn a_bucket_is_checked_with_the_reason() {
    let mut scene = Scene::in_bucket().await;
    let server = scene.server.as_mut().unwrap();
    bucket(server).check().await.unwrap();
    assert!(!server.object(".inbox-pirata-probe").exists(), "nothing is left");
    let address = address(server);
    let checked = async |address: BucketAddress, secret: &str| {
        Bucket::new(address, credentials(secret)).unwrap().check().await
    };
    let other = BucketAddress { bucket: "outra-loja".to_owned(), ..address.clone() };
    assert!(matches!(checked(other, s3server::SECRET).await, Err(BucketError::Missing)));
    assert!(matches!(checked(address.clone(), "outro").await, Err(BucketError::Denied)));
    server.stop().await;
    let gone = checked(address, s3server::SECRET).await;
    assert!(matches!(gone, Err(BucketError::Unreachable(_))), "{gone:?}");
}

#[tokio::test]
async fn a_bucket_is_of_one_installation() {
    let scene = Scene::in_bucket().await;
    let server = scene.server.as_ref().unwrap();
    let bucket = bucket(server);
    let (ours, others) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    bucket.claim(None).await.unwrap();
    assert!(!server.object("installation").exists());
    for _ in 0..2 {
        bucket.claim(Some(ours)).await.unwrap();
    }
    for other in [Some(others), None] {
        assert!(matches!(bucket.claim(other).await, Err(BucketError::Taken)));
    }
    assert_eq!(fs::read(server.object("installation")).unwrap(), ours.as_bytes());
    let elsewhere = BucketAddress { prefix: String::new(), ..address(server) };
    let elsewhere = Bucket::new(elsewhere, credentials(s3server::SECRET)).unwrap();
    elsewhere.claim(Some(others)).await.unwrap();
}

#[tokio::test]
async fn the_files_of_a_backup_are_read_as_any_others() {
    let scene = Scene::in_bucket().await;
    let bucket = bucket(scene.server.as_ref().unwrap());
    let file = scene.folder.path().join("file");
    for content in [b"foto".to_vec(), large()] {
        fs::write(&file, &content).unwrap();
        bucket.import(NUMBER, MESSAGE, file.clone()).await.unwrap();
        assert!(scene.read(NUMBER, MESSAGE).await.unwrap() == content);
    }
    let missing = bucket.import(NUMBER, MESSAGE, scene.folder.path().join("none")).await;
    assert_eq!(kind(missing), Some(io::ErrorKind::NotFound));
}
