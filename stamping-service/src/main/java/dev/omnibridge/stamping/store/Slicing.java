// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import com.google.protobuf.ByteString;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.slice.OutboardBuilder;
import dev.omnibridge.runtime.blake3.slice.OutboardBuilder.Built;
import dev.omnibridge.runtime.blake3.slice.Range;
import dev.omnibridge.runtime.blake3.slice.Slice;
import dev.omnibridge.runtime.blake3.slice.SliceException;
import dev.omnibridge.runtime.rpc.CallScope;
import io.vertx.core.Future;
import java.io.IOException;

/**
 * Takes a slice out of a content that streams by once: it keeps the bytes around the range, which
 * is short, and 32 bytes for every 16 KiB of the rest.
 */
public final class Slicing implements ContentSource.Sink<Slicing.Taken> {
  /** A slice holds whole groups of so many bytes. */
  private static final int GROUP = 16 * 1024;

  private final Hashing hashing;
  private final CallScope scope;
  private final Range range;
  private final OutboardBuilder builder = new OutboardBuilder();
  private final long keptFrom;
  private final byte[] kept;
  private Future<?> last = Future.succeededFuture();
  private long size;

  /** What was taken: the slice, and the content that it belongs to. */
  public record Taken(ByteString slice, Hash contentHash, long contentLength) {}

  /** For a range that fits into memory. */
  public Slicing(Hashing hashing, CallScope scope, Range range) {
    this.hashing = hashing;
    this.scope = scope;
    this.range = range;
    keptFrom = range.from() / GROUP * GROUP;
    long keptTo = (range.end() + GROUP - 1) / GROUP * GROUP;
    kept = new byte[Math.toIntExact(keptTo - keptFrom)];
  }

  @Override
  public Future<?> add(ByteString piece) {
    last = last.compose(_ -> hashing.run(piece.size(), () -> take(piece.toByteArray())));
    return last;
  }

  private boolean take(byte[] piece) {
    if (scope.cancelled()) {
      throw Hashing.callerGone();
    }
    builder.update(piece, 0, piece.length);
    long from = Math.max(size, keptFrom);
    long to = Math.min(size + piece.length, keptFrom + kept.length);
    if (from < to) {
      System.arraycopy(
          piece, (int) (from - size), kept, (int) (from - keptFrom), (int) (to - from));
    }
    size += piece.length;
    return true;
  }

  @Override
  public Future<Taken> finish() {
    return last.compose(_ -> hashing.run(kept.length, this::extract));
  }

  private Taken extract() throws IOException {
    Built built = builder.finish();
    var slice = ByteString.newOutput();
    try {
      Slice.extract(built.outboard(), this::read, range, slice);
    } catch (SliceException outside) {
      throw Fault.of(
              Kind.OUT_OF_RANGE, "RANGE_BEYOND_END", "The content ends before the range does.")
          .with("content_length", size);
    }
    return new Taken(slice.toByteString(), built.hash(), size);
  }

  private void read(long position, byte[] to, int length) {
    System.arraycopy(kept, Math.toIntExact(position - keptFrom), to, 0, length);
  }
}
