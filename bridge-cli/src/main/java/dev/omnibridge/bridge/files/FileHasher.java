// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.files;

import dev.omnibridge.runtime.blake3.Blake3;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.Kernels;
import dev.omnibridge.stamping.stamp.Digests;
import dev.omnibridge.stamping.stamp.Digests.Nature;
import dev.omnibridge.stamping.stamp.LocalDigest;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * Hashes files, as many at a time as there are processors: small ones are read into a buffer, large
 * ones mapped. A file that is not the same before and after ends in {@link FileChangedException};
 * what is no regular file is not opened.
 */
public final class FileHasher implements AutoCloseable {
  private static final int BUFFER = 1024 * 1024;

  /** Larger files are hashed on all processors, in steps of this size. */
  private static final long STEP = 64L * 1024 * 1024;

  private static final long ON_ONE_PROCESSOR = 8L * 1024 * 1024;

  /** The most that is read of a file whose size the kernel does not know beforehand. */
  private static final int MOST_OF_UNKNOWN = 64 * 1024 * 1024;

  /** After so many bytes the vectors are worth their warm-up. */
  private static final long MUCH = 1024 * 1024;

  private final Arena arena = Arena.ofShared();
  private final LongConsumer report;
  private final BlockingQueue<MemorySegment> buffers;
  private final ForkJoinPool pool;
  private final AtomicLong read = new AtomicLong();

  /** Hashes so many files at a time, and reports the bytes as they are hashed. */
  public FileHasher(int atOnce, LongConsumer report) {
    this.report = report;
    pool = new ForkJoinPool(atOnce);
    buffers = new ArrayBlockingQueue<>(atOnce);
    for (int i = 0; i < atOnce; i++) {
      buffers.add(arena.allocate(BUFFER));
    }
  }

  /** Waits until one of the others is done; the turn ends when it is closed. */
  public Turn turn() throws InterruptedException {
    return new Turn(buffers.take());
  }

  @Override
  public void close() {
    pool.close();
    arena.close();
  }

  /** The right to hash one file after the other. Not for use by several threads. */
  public final class Turn implements AutoCloseable {
    private final MemorySegment buffer;

    /** One for all files, because each has buffers of its own. */
    private final Blake3 hasher = Blake3.hasher();

    /** How much of the present file is reported. */
    private long reported;

    private Turn(MemorySegment buffer) {
      this.buffer = buffer;
    }

    /** Both digests of a file. */
    public Digests digests(Path file) throws IOException {
      return read(file, bytes -> LocalDigest.of(bytes, hasher.reset(), this::update));
    }

    /** The digest of its bytes as they are, as if it were no text. */
    public Digests contentOnly(Path file) throws IOException {
      return read(
          file,
          bytes -> {
            update(hasher.reset(), bytes);
            Hash content = hasher.finish();
            return new Digests(content, content, bytes.byteSize(), Nature.BINARY);
          });
    }

    Digests read(Path file, Reader reader) throws IOException {
      var before = FileState.of(file);
      reported = 0;
      if (read.addAndGet(before.size()) >= MUCH) {
        Kernels.expectMuch();
      }
      Digests digests;
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        digests =
            before.size() <= BUFFER
                ? reader.take(whole(channel, file, (int) before.size()))
                : mapped(channel, file, before.size(), reader);
      }
      before.requireStill(file);
      report.accept(digests.size() - reported);
      return digests;
    }

    /** In steps, so that the progress of a large file can be seen. */
    private void update(Blake3 into, MemorySegment bytes) {
      for (long at = 0; at < bytes.byteSize(); at += STEP) {
        long count = Math.min(STEP, bytes.byteSize() - at);
        MemorySegment step = bytes.asSlice(at, count);
        var unused = count > ON_ONE_PROCESSOR ? into.update(step, pool) : into.update(step);
        if (count == STEP) {
          report.accept(count);
          reported += count;
        }
      }
    }

    /** All bytes to the end, which must be there where the size says; 0 may mean any size. */
    private MemorySegment whole(FileChannel channel, Path file, int size) throws IOException {
      ByteBuffer into = buffer.asSlice(0, size).asByteBuffer();
      while (into.hasRemaining()) {
        if (channel.read(into) < 0) {
          throw new FileChangedException(file);
        }
      }
      var more = ByteBuffer.allocate(1);
      if (channel.read(more) < 0) {
        return buffer.asSlice(0, size);
      }
      if (size > 0) {
        throw new FileChangedException(file);
      }
      return unknown(channel, file, more.get(0));
    }

    @Override
    public void close() {
      buffers.add(buffer);
    }
  }

  /** Takes the bytes of a file, which are gone afterwards. */
  interface Reader {
    Digests take(MemorySegment bytes);
  }

  private static Digests mapped(FileChannel channel, Path file, long size, Reader reader)
      throws IOException {
    if (channel.size() < size) {
      throw new FileChangedException(file);
    }
    try (Arena mapping = size > ON_ONE_PROCESSOR ? Arena.ofShared() : Arena.ofConfined()) {
      return reader.take(channel.map(MapMode.READ_ONLY, 0, size, mapping));
    } catch (InternalError beyondTheEnd) {
      // What HotSpot makes of a page that is no longer behind the mapping.
      if (String.valueOf(beyondTheEnd.getMessage()).contains("unsafe memory access")) {
        throw new FileChangedException(file);
      }
      throw beyondTheEnd;
    }
  }

  /** What the kernel makes up while it is read, like most of what is below /proc. */
  private static MemorySegment unknown(FileChannel channel, Path file, byte first)
      throws IOException {
    InputStream in = Channels.newInputStream(channel);
    byte[] rest = in.readNBytes(MOST_OF_UNKNOWN);
    if (rest.length == MOST_OF_UNKNOWN) {
      throw new FileSystemException(
          file.toString(), null, "it does not tell its size, and has more than 64 MiB");
    }
    byte[] all = new byte[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return MemorySegment.ofArray(all);
  }
}
