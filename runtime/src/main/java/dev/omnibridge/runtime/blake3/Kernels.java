// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.blake3;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Which kernel hashes. Vectors are used where the JVM was started with {@code --add-modules
 * jdk.incubator.vector} and the processor has them, in the width that it prefers; but not before
 * they are compiled, because until then they are slower than anything else. So every process starts
 * with the scalar kernel; the first larger input has the vector kernel warmed up beside it, and
 * once a trial shows it to be faster it takes over; one that fails is repeated later. The hashes
 * are the same throughout.
 */
public final class Kernels {
  private static final String MODULE = "jdk.incubator.vector";

  /**
   * The width of the vectors to use from the start, 0 for none, if somebody wants to choose: who
   * compares kernels, or has a processor that is better off with narrower vectors.
   */
  static final int FORCED_BITS = Integer.getInteger("omnibridge.blake3.bits", -1);

  /** How HotSpot says that it was started without the compiler that knows vectors. */
  private static final List<String> WITHOUT_COMPILER = List.of("emulated-client", "interpreted");

  /** From this many chunks in one hash on, the vectors are worth their warm-up. */
  private static final int LARGE = 64;

  private static final Kernel SCALAR = new ScalarKernel();
  private static final boolean HAS_VECTORS = hasVectors();
  private static final boolean MAY_TRY = HAS_VECTORS && FORCED_BITS <= 0;
  private static final Trials VECTOR_TRIALS = new Trials(System.nanoTime());
  private static final CountDownLatch TRIED = new CountDownLatch(MAY_TRY ? 1 : 0);

  private static volatile boolean warm = HAS_VECTORS && FORCED_BITS > 0;

  private Kernels() {}

  /**
   * The widest kernel that this process can use, in words for a log line; {@link #inUse} tells
   * whether it does by now.
   */
  public static String description() {
    return (HAS_VECTORS ? new VectorKernel() : SCALAR).description();
  }

  /** The kernel that larger inputs are hashed with at this moment, in the same words. */
  public static String inUse() {
    return (warm ? new VectorKernel() : SCALAR).description();
  }

  /** Whether this process was started with the module that the vectors need. */
  public static boolean hasVectorModule() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /** Whether the vectors are in use already. */
  public static boolean isWarm() {
    return warm;
  }

  /** Has the vectors warmed up now: for who knows that there is much to hash in small parts. */
  public static void expectMuch() {
    Kernel unused = open(LARGE);
  }

  /**
   * Waits until the vectors are in use or the first trial of them has failed: worth a quarter of a
   * second before some hundred megabytes, because who hashes meanwhile slows the compiler down.
   */
  public static void awaitVectors(Duration atMost) throws InterruptedException {
    expectMuch();
    boolean unused = TRIED.await(atMost.toNanos(), NANOSECONDS);
  }

  static Kernel scalar() {
    return SCALAR;
  }

  /** A kernel for a hash, or several, that come to this many chunks; for one thread. */
  static Kernel open(long chunks) {
    if (chunks >= LARGE && MAY_TRY && !warm && VECTOR_TRIALS.begin(System.nanoTime())) {
      Thread.ofPlatform().daemon().name("blake3-warm-up").start(Kernels::tryVectors);
    }
    return warm ? new VectorKernel() : SCALAR;
  }

  private static void tryVectors() {
    warm = new WarmUp(SCALAR, new VectorKernel()).succeeds();
    if (!warm) {
      VECTOR_TRIALS.failed(System.nanoTime());
    }
    TRIED.countDown();
  }

  /** Names the class that needs the module only where the module is. */
  private static boolean hasVectors() {
    return FORCED_BITS != 0 && hasVectorModule() && hasCompiler() && VectorKernel.supported();
  }

  private static boolean hasCompiler() {
    String mode = System.getProperty("java.vm.info", "");
    return WITHOUT_COMPILER.stream().noneMatch(mode::contains);
  }
}
