// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.store;

import dev.omnibridge.runtime.Fault;
import dev.omnibridge.runtime.Fault.Kind;
import dev.omnibridge.runtime.Timeouts;
import dev.omnibridge.runtime.rpc.CallScope;
import dev.omnibridge.stamping.stamp.HashedBy;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/**
 * Files of the server's machine, below the roots that are configured and nowhere else. A file is
 * hashed a slice at a time, so that a large one holds no worker for long. It counts for as much
 * memory as it holds while it is open, and once opened it is never refused for lack of it.
 *
 * <p>Opening has threads of its own: who may write below a root can put a pipe in a file's place at
 * the last moment, and opening that waits until somebody writes to it, perhaps for ever.
 */
public final class ServerFiles {
  private static final int SLICE = 16 * 1024 * 1024;

  private final List<Path> roots;
  private final Hashing hashing;
  private final WorkerExecutor openers;
  private final Duration limit;

  public ServerFiles(List<Path> roots, Hashing hashing, WorkerExecutor openers, Duration limit) {
    this.roots = roots;
    this.hashing = hashing;
    this.openers = openers;
    this.limit = limit;
  }

  /**
   * Both digests of a file. INVALID (PATH_OUTSIDE_ROOTS, PATH_HAS_LINK), NOT_FOUND
   * (FILE_NOT_FOUND), REFUSED (NOT_A_REGULAR_FILE, FILE_UNREADABLE) or CONFLICT (FILE_CHANGED) when
   * that cannot be.
   */
  public Future<Hashed> hash(String path, CallScope scope) {
    Place place = locate(path);
    long end = System.nanoTime() + scope.within(limit).toNanos();
    return hashing.hold(
        OpenFile.BUFFER,
        () ->
            open(place, scope.within(limit))
                .compose(file ->
                    read(file, scope, end).eventually(() -> hashing.later(() -> close(file)))));
  }

  private Future<OpenFile> open(Place place, Duration within) {
    Future<OpenFile> opening =
        openers.executeBlocking(() -> OpenFile.open(place.root(), place.below()), false);
    return Timeouts.within(within, opening)
        .recover(failure -> {
          if (failure instanceof TimeoutException) {
            opening.onSuccess(late -> hashing.later(() -> close(late)));
            return Future.failedFuture(timeout());
          }
          return Future.failedFuture(failure);
        });
  }

  private static Fault timeout() {
    return Fault.of(Kind.TIMEOUT, "FILE_TIMEOUT", "The file was not hashed within the time given.");
  }

  private static boolean close(OpenFile file) throws IOException {
    file.close();
    return true;
  }

  private Future<Hashed> read(OpenFile file, CallScope scope, long end) {
    Promise<Hashed> result = Promise.promise();
    readOn(file, scope, end, result);
    return result.future();
  }

  private void readOn(OpenFile file, CallScope scope, long end, Promise<Hashed> result) {
    if (scope.cancelled()) {
      result.fail(Hashing.callerGone());
    } else if (System.nanoTime() - end > 0) {
      result.fail(timeout());
    } else {
      hashing
          .later(() -> file.read(SLICE))
          .onFailure(result::fail)
          .onSuccess(more -> {
            if (more) {
              readOn(file, scope, end, result);
            } else {
              finish(file, result);
            }
          });
    }
  }

  private void finish(OpenFile file, Promise<Hashed> result) {
    hashing
        .later(file::finish)
        .map(digests -> new Hashed(digests, HashedBy.SERVER, file.hashing()))
        .onComplete(result);
  }

  private record Place(Path root, Path below) {}

  private Place locate(String text) {
    Path path = parse(text);
    return roots.stream()
        .filter(root -> path.startsWith(root) && !path.equals(root))
        .findFirst()
        .map(root -> new Place(root, root.relativize(path)))
        .orElseThrow(ServerFiles::outside);
  }

  /** A path that means the same before and after it is made plain. */
  private static Path parse(String text) {
    try {
      Path path = Path.of(text);
      if (path.isAbsolute() && path.equals(path.normalize())) {
        return path;
      }
    } catch (InvalidPathException notAPath) {
      // Falls through: what is no path is below no root.
    }
    throw outside();
  }

  private static Fault outside() {
    return Fault.invalidField(
        "PATH_OUTSIDE_ROOTS",
        "server_path",
        "The path must be absolute, without . and .., and below a root that the server offers.");
  }
}
