// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.bridge.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.omnibridge.bridge.CliFailure;
import dev.omnibridge.bridge.ExitCode;
import dev.omnibridge.bridge.Setting;
import dev.omnibridge.bridge.files.FileChangedException;
import dev.omnibridge.bridge.files.FileReplacement;
import dev.omnibridge.bridge.files.FileState;
import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.blake3.Hash;
import dev.omnibridge.runtime.blake3.slice.Outboard;
import dev.omnibridge.runtime.blake3.slice.OutboardBuilder;
import dev.omnibridge.runtime.blake3.slice.Range;
import dev.omnibridge.runtime.blake3.slice.Slice;
import dev.omnibridge.runtime.blake3.slice.SliceException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Proofs that bytes stand in a content, without the rest of it. */
final class Slices {
  private static final int CHUNK = 1024 * 1024;

  private final Setting setting;
  private final boolean json;

  Slices(Setting setting, boolean json) {
    this.setting = setting;
    this.json = json;
  }

  /** Writes the slice of a file for a range, and tells how it is verified; gives the exit code. */
  int extract(Path file, Range range, Path to) {
    Hash hash = extracted(file, range, to);
    if (json) {
      print(document(hash, range).put("slice", to.toString()));
    } else {
      setting
          .out()
          .println(
              "./bridge verify --slice %s --hash %s --range %d:%d"
                  .formatted(to, hash.hex(), range.from(), range.count()));
    }
    return ExitCode.OK.code();
  }

  private static Hash extracted(Path file, Range range, Path to) {
    try {
      requireOther(file, to);
      var before = FileState.of(file);
      OutboardBuilder.Built tree = tree(file);
      if (range.end() > tree.outboard().contentLength()) {
        throw new CliFailure(
            ExitCode.USAGE,
            "%s has %d bytes, and has none from %d to %d."
                .formatted(file, tree.outboard().contentLength(), range.from(), range.end()));
      }
      try (FileReplacement slice = FileReplacement.of(to)) {
        extract(file, tree.outboard(), range, slice.fresh());
        before.requireStill(file);
        requireProof(file, tree.hash(), range, slice.fresh());
        slice.finish();
      }
      return tree.hash();
    } catch (EOFException shorter) {
      throw new CliFailure(ExitCode.FAILED, file + " became shorter while it was read.", shorter);
    } catch (IOException unreadable) {
      throw Inputs.unreadable(file.toString(), unreadable);
    } catch (SliceException impossible) {
      throw failed(ExitCode.USAGE, impossible);
    }
  }

  /** Refuses to write to the file that is read. */
  static void requireOther(Path read, Path written) throws IOException {
    if (Files.exists(written) && Files.isSameFile(read, written)) {
      throw new CliFailure(
          ExitCode.USAGE,
          "%s would be lost; name another file with --to.".formatted(FileFaults.name(read)));
    }
  }

  private static void extract(Path file, Outboard tree, Range range, Path to)
      throws IOException, SliceException {
    try (var content = new RandomAccessFile(file.toFile(), "r");
        OutputStream out = open(to)) {
      Slice.extract(
          tree,
          (position, bytes, length) -> {
            content.seek(position);
            content.readFully(bytes, 0, length);
          },
          range,
          out);
    }
  }

  /** The file was read twice, and may have been written to between. */
  private static void requireProof(Path file, Hash hash, Range range, Path slice)
      throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(slice))) {
      long unused = Slice.verify(hash, range, in, OutputStream.nullOutputStream());
    } catch (SliceException notProven) {
      var changed = new FileChangedException(file);
      changed.addSuppressed(notProven);
      throw changed;
    }
  }

  private static OutboardBuilder.Built tree(Path file) throws IOException {
    var builder = new OutboardBuilder();
    byte[] chunk = new byte[CHUNK];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        builder.update(chunk, 0, count);
      }
    }
    return builder.finish();
  }

  /** Checks a slice, and writes its bytes when all are proven; gives the exit code. */
  int verify(Path slice, Hash hash, Range range, @Nullable Path to) {
    try {
      long length = to == null ? check(slice, hash, range, null) : save(slice, hash, range, to);
      tellProven(hash, range, length);
      return ExitCode.OK.code();
    } catch (IOException unreadable) {
      throw Inputs.unreadable(slice.toString(), unreadable);
    } catch (SliceException notProven) {
      throw failed(ExitCode.FAILED, notProven);
    }
  }

  /** Only the content's last bytes prove where it ends. */
  private void tellProven(Hash hash, Range range, long length) {
    boolean ends = range.end() == length;
    if (json) {
      ObjectNode document = document(hash, range).put("proven", true);
      print(ends ? document.put("contentLength", length) : document);
      return;
    }
    String proven =
        ends
            ? "  bytes %d to %d, the last of %d, stand in %s"
                .formatted(range.from(), range.end() - 1, length, hash.hex())
            : "  bytes %d to %d stand in %s".formatted(range.from(), range.end() - 1, hash.hex());
    setting.out().println(setting.palette().green("proven") + proven);
  }

  private static ObjectNode document(Hash hash, Range range) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("contentHash", hash.hex())
        .put("from", range.from())
        .put("count", range.count());
  }

  private void print(ObjectNode document) {
    setting.out().println(Session.compact(document));
  }

  private static long save(Path slice, Hash hash, Range range, Path to)
      throws IOException, SliceException {
    requireOther(slice, to);
    try (FileReplacement bytes = FileReplacement.of(to)) {
      long length = check(slice, hash, range, bytes.fresh());
      bytes.finish();
      return length;
    }
  }

  private static long check(Path slice, Hash hash, Range range, @Nullable Path to)
      throws IOException, SliceException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(slice));
        OutputStream out = to == null ? OutputStream.nullOutputStream() : open(to)) {
      return Slice.verify(hash, range, in, out);
    }
  }

  private static OutputStream open(Path to) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(to));
  }

  private static CliFailure failed(ExitCode exit, SliceException failure) {
    Fault fault = Fault.invalid(reason(failure), failure.getMessage() + ".");
    return new CliFailure(exit, fault.sentence(), fault);
  }

  private static String reason(SliceException failure) {
    return switch (failure.reason()) {
      case TRUNCATED -> "SLICE_TRUNCATED";
      case EXTRA_BYTES -> "SLICE_EXTRA_BYTES";
      case IMPOSSIBLE_LENGTH -> "SLICE_IMPOSSIBLE_LENGTH";
      case OUT_OF_RANGE -> "SLICE_OUT_OF_RANGE";
      case WRONG_NODE -> "SLICE_WRONG_NODE";
      case WRONG_BYTES -> "SLICE_WRONG_BYTES";
    };
  }
}
