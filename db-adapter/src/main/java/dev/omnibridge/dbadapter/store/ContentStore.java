// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.dbadapter.store;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.omnibridge.api.content.v1.PutContentResponse;
import dev.omnibridge.api.content.v1.StatContentResponse;
import dev.omnibridge.api.content.v1.StoredContent;
import dev.omnibridge.dbadapter.log.Times;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Keeps bytes by their hash, in pieces of fixed size. */
public final class ContentStore {
  /** Size of every piece but the last, in bytes. */
  public static final int PIECE = 256 * 1024;

  private static final String PUT_SMALL =
      """
      with put as (
        insert into content (content_hash, upload_id, size) values ($1, $2, $3)
            on conflict (content_hash) do nothing
        returning upload_id),
      piece as (
        insert into content_chunks (upload_id, seq, bytes) select upload_id, 0,
        $4 from put where $3 > 0)
      select count(*) as created from put
      """;

  private static final String BEGIN = "insert into content_uploads (upload_id) values ($1)";

  /** Only into an upload that is open: one that is given up meanwhile waits, or is seen. */
  private static final String PUT_PIECE =
      """
      insert into content_chunks (upload_id, seq, bytes)
      select upload_id, $2::int, $3::bytea from content_uploads where upload_id = $1 for key share
      """;

  private static final String FINISH =
      """
      with done as (delete from content_uploads where upload_id = $2 returning upload_id),
      put as (
        insert into content (content_hash, upload_id, size) select $1, upload_id, $3 from done
            on conflict (content_hash) do nothing
        returning upload_id),
      spare as (
        insert into content_leftovers (upload_id)
        select upload_id from done where not exists (select from put))
      select (select count(*) from put) as created, (select count(*) from done) as known
      """;

  /** Only of an upload that is still open: the pieces of a finished one belong to its content. */
  private static final String GIVE_UP =
      """
      with gone as (delete from content_uploads where upload_id = $1 returning upload_id)
      insert into content_leftovers (upload_id) select upload_id from gone
      """;

  private static final int AT_ONCE = 1000;

  private static final String GIVE_UP_STALE =
      """
      with stale as (
        select upload_id from content_uploads where started_at < now() - interval '1 hour'
         limit %d for update skip locked),
      gone as (
        delete from content_uploads u using stale where u.upload_id = stale.upload_id
        returning u.upload_id)
      insert into content_leftovers (upload_id) select upload_id from gone
      """
          .formatted(AT_ONCE);

  private static final String LEFTOVERS =
      "select upload_id from content_leftovers limit " + AT_ONCE;

  /** However large a content is, no statement is longer than its limit allows: 16 MiB. */
  private static final int PIECES_AT_ONCE = 64;

  private static final String DROP_PIECES =
      """
      with old as materialized (
        select upload_id, seq from content_chunks where upload_id = $1 limit %1$d),
      gone as (
        delete from content_chunks c using old where c.upload_id = old.upload_id and c.seq = old.seq),
      last as (
        delete from content_leftovers where upload_id = $1 and (select count(*) from old) < %1$d)
      select count(*) = %1$d as more from old
      """
          .formatted(PIECES_AT_ONCE);

  private static final String USE = "update content set used_at = now() where content_hash = $1";

  /** Notes the use, at most once an hour; a content that is just being removed is not there. */
  private static final String USED =
      """
      with used as (
        update content set used_at = now()
         where content_hash = any($1::text[]) and used_at < now() - interval '1 hour'
        returning content_hash)
      select content_hash, upload_id, size, stored_at from content
       where content_hash = any($1::text[])
         and (used_at >= now() - interval '1 hour'
              or content_hash in (select content_hash from used))
      """;

  /**
   * A run may need whatever was used shortly before it started, so that one counts from the start
   * of the oldest unfinished run. An hour more, for a use may be later than noted by so much. The
   * pieces are left to the sweep.
   */
  private static final String FORGET =
      """
      with past as (
        select content_hash from content
         where used_at < least(now(), (select min(started_at) from workflow_executions
                                        where not finished))
                         - $1::bigint * interval '1 second' - interval '1 hour'
         order by used_at limit %d for update skip locked),
      gone as (
        delete from content using past where content.content_hash = past.content_hash
        returning upload_id)
      insert into content_leftovers (upload_id) select upload_id from gone
      """
          .formatted(AT_ONCE);

  private static final String GET_PIECE =
      """
      select substring(bytes from $3 for $4) as bytes from content_chunks
       where upload_id = $1 and seq = $2
      """;

  /** Where the bytes of a content are. */
  public record Located(UUID uploadId, long size) {}

  private final Pool pool;
  private final Pool staging;
  private final Rounds rounds = new Rounds();

  /** Staging writes pieces; they are durable when the content is, which pool writes. */
  public ContentStore(Pool pool, Pool staging) {
    this.pool = pool;
    this.staging = staging;
  }

  /** Stores at most one piece; durable when the future succeeds. */
  public Future<PutContentResponse> putSmall(UUID uploadId, Hash hash, byte[] bytes) {
    long size = bytes.length;
    return pool.preparedQuery(PUT_SMALL)
        .execute(Tuple.of(hash.hex(), uploadId, size, Buffer.buffer(bytes)))
        .compose(rows -> stored(hash, size, rows.iterator().next().getLong("created") == 1))
        .recover(ContentStore::faulty);
  }

  /** Begins an upload of several pieces. */
  public Future<?> begin(UUID uploadId) {
    return staging.preparedQuery(BEGIN).execute(Tuple.of(uploadId)).recover(ContentStore::faulty);
  }

  public Future<?> putPiece(UUID uploadId, int seq, byte[] bytes) {
    return staging
        .preparedQuery(PUT_PIECE)
        .execute(Tuple.of(uploadId, seq, Buffer.buffer(bytes)))
        .compose(put ->
            put.rowCount() == 1 ? Future.succeededFuture() : Future.failedFuture(uploadLost()))
        .recover(ContentStore::faulty);
  }

  /** Makes the pieces of an upload the bytes of a content; durable when the future succeeds. */
  public Future<PutContentResponse> finish(UUID uploadId, Hash hash, long size) {
    return pool.preparedQuery(FINISH)
        .execute(Tuple.of(hash.hex(), uploadId, size))
        .map(rows -> rows.iterator().next())
        .compose(row ->
            row.getLong("known") == 0
                ? Future.failedFuture(uploadLost())
                : stored(hash, size, row.getLong("created") == 1))
        .recover(ContentStore::faulty);
  }

  private static Fault uploadLost() {
    return Fault.unavailable("UPLOAD_LOST", "The upload was given up; repeat it.", null);
  }

  /** What was there already is kept as long as if it came only now. */
  private Future<PutContentResponse> stored(Hash hash, long size, boolean created) {
    if (created) {
      return Future.succeededFuture(answer(hash, size, false));
    }
    return pool.preparedQuery(USE)
        .execute(Tuple.of(hash.hex()))
        .compose(used ->
            used.rowCount() == 1
                ? Future.succeededFuture(answer(hash, size, true))
                : Future.failedFuture(uploadLost()));
  }

  private static PutContentResponse answer(Hash hash, long size, boolean existed) {
    return PutContentResponse.newBuilder()
        .setContentHash(hash.hex())
        .setSize(size)
        .setExisted(existed)
        .build();
  }

  /**
   * Removes what an upload left; nothing of one that is finished. Only once it is given up, for
   * only then every piece is seen that was put while that waited for it.
   */
  public Future<?> abandon(UUID uploadId) {
    return pool.preparedQuery(GIVE_UP)
        .execute(Tuple.of(uploadId))
        .compose(gone -> gone.rowCount() == 0 ? Future.succeededFuture() : drop(uploadId))
        .recover(ContentStore::faulty);
  }

  private Future<Void> drop(UUID uploadId) {
    return rounds.repeat(() -> dropSome(uploadId)).mapEmpty();
  }

  private Future<Boolean> dropSome(UUID uploadId) {
    return pool.preparedQuery(DROP_PIECES)
        .execute(Tuple.of(uploadId))
        .map(rows -> rows.iterator().next().getBoolean("more"));
  }

  /**
   * Removes contents that were not used for so long, a thousand at most; their bytes go with the
   * next sweep. Answers whether there may be more.
   */
  public Future<Boolean> forget(Duration unused) {
    return pool.preparedQuery(FORGET)
        .execute(Tuple.of(unused.toSeconds()))
        .map(forgotten -> forgotten.rowCount() == AT_ONCE)
        .recover(ContentStore::faulty);
  }

  /**
   * Removes the bytes of forgotten contents and what uploads left, also those that began more than
   * an hour ago and were never finished: a thousand of each at most. Answers whether there may be
   * more.
   */
  public Future<Boolean> sweep() {
    return pool.query(GIVE_UP_STALE)
        .execute()
        .compose(_ -> pool.query(LEFTOVERS).execute())
        .compose(rows -> {
          Future<Void> swept = Future.succeededFuture();
          for (Row row : rows) {
            UUID uploadId = row.getUUID("upload_id");
            swept = Rounds.after(swept, () -> drop(uploadId));
          }
          return swept.map(rows.size() == AT_ONCE);
        })
        .recover(ContentStore::faulty);
  }

  /** Finds a content; NOT_FOUND (CONTENT_NOT_FOUND) otherwise. */
  public Future<Located> find(String hash) {
    return pool.preparedQuery(USED)
        .execute(Tuple.tuple().addArrayOfString(new String[] {hash}))
        .map(rows -> {
          if (rows.size() == 0) {
            throw Fault.notFound("CONTENT_NOT_FOUND", "There is no content " + hash + ".")
                .with("content_hash", hash);
          }
          Row row = rows.iterator().next();
          return new Located(row.getUUID("upload_id"), row.getLong("size"));
        })
        .recover(ContentStore::faulty);
  }

  /** Bytes from a place on, at most to the end of the piece that holds it. */
  public Future<ByteString> read(Located content, long from, long most) {
    int within = (int) (from % PIECE);
    int length = (int) Math.min(most, PIECE - within);
    return pool.preparedQuery(GET_PIECE)
        .execute(Tuple.of(content.uploadId(), (int) (from / PIECE), within + 1, length))
        .map(rows -> bytes(content, rows))
        .recover(ContentStore::faulty);
  }

  private static ByteString bytes(Located content, RowSet<Row> rows) {
    if (rows.size() == 0) {
      throw new IllegalStateException("A piece is missing of upload " + content.uploadId());
    }
    return UnsafeByteOperations.unsafeWrap(rows.iterator().next().getBuffer("bytes").getBytes());
  }

  public Future<StatContentResponse> stat(List<String> hashes) {
    return pool.preparedQuery(USED)
        .execute(Tuple.tuple().addArrayOfString(hashes.toArray(String[]::new)))
        .map(rows -> {
          var answer = StatContentResponse.newBuilder();
          for (Row row : rows) {
            answer.addContents(
                StoredContent.newBuilder()
                    .setContentHash(row.getString("content_hash"))
                    .setSize(row.getLong("size"))
                    .setStoredAt(Times.of(row.getOffsetDateTime("stored_at"))));
          }
          return answer.build();
        })
        .recover(ContentStore::faulty);
  }

  private static <T> Future<T> faulty(Throwable failure) {
    return Future.failedFuture(Failures.fault(failure));
  }
}
