// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.stamping.stamp;

import static java.util.stream.Collectors.toUnmodifiableMap;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which comments a file may hold, told by its name or, failing that, by its media type. */
public final class Languages {
  private static final Map<CommentStyle, String> NAMES =
      Map.of(
          CommentStyle.HASH,
          "awk bash cfg cmake coffee conf cr env ex exs gql graphql jl mk nim nix pl pm properties"
              + " ps1 py pyi r rb sed sh tcl tf toml yaml yml zsh dockerfile dockerignore gemfile"
              + " gitignore makefile rakefile vagrantfile",
          CommentStyle.SLASHES,
          "c cc cjs cpp cs cxx dart fs go gradle groovy h hpp hxx java jenkinsfile js json5 jsonc"
              + " jsx kt kts less mjs php proto rs sass scala scss sol swift ts tsx zig",
          CommentStyle.DASHES,
          "ada adb ads applescript elm hs lua sql vhd vhdl",
          CommentStyle.SEMICOLON,
          "asm clj cljc cljs el ini lisp lsp rkt scm",
          CommentStyle.PERCENT,
          "cls erl hrl sty tex",
          CommentStyle.BLOCK,
          "css",
          CommentStyle.HTML,
          "csproj fxml htm html markdown md svg vue xhtml xml xsd xsl xslt");

  private static final Map<CommentStyle, String> TYPES =
      Map.of(
          CommentStyle.HASH,
          "text/x-python application/x-python text/x-shellscript application/x-sh text/x-ruby"
              + " application/x-ruby text/x-perl text/yaml text/x-yaml application/yaml"
              + " application/x-yaml application/toml text/x-toml text/x-r text/x-makefile",
          CommentStyle.SLASHES,
          "text/x-java text/x-java-source text/javascript application/javascript text/x-typescript"
              + " application/typescript text/x-c text/x-csrc text/x-chdr text/x-c++"
              + " text/x-c++src text/x-csharp text/x-go text/x-rust text/rust text/x-kotlin"
              + " text/x-scala text/x-swift text/x-groovy text/x-protobuf text/x-php"
              + " application/x-httpd-php text/x-scss",
          CommentStyle.DASHES,
          "application/sql text/x-sql text/x-lua text/x-haskell",
          CommentStyle.SEMICOLON,
          "text/x-clojure text/x-lisp text/x-asm",
          CommentStyle.PERCENT,
          "text/x-tex application/x-tex text/x-latex application/x-latex text/x-erlang",
          CommentStyle.BLOCK,
          "text/css",
          CommentStyle.HTML,
          "text/html text/markdown text/xml application/xml");

  private static final Set<String> NAMES_WITHOUT =
      Set.of("json", "jsonl", "ndjson", "geojson", "ipynb", "csv", "tsv", "diff", "patch", "pem");
  private static final Set<String> TYPES_WITHOUT =
      Set.of(
          "application/json",
          "application/jsonl",
          "application/x-ndjson",
          "text/csv",
          "text/tab-separated-values",
          "text/x-diff",
          "text/x-patch");

  private static final Set<String> PLAIN_TEXTS = Set.of("txt", "text", "readme");

  private static final Map<String, CommentStyle> BY_NAME = byWord(NAMES);
  private static final Map<String, CommentStyle> BY_TYPE = byWord(TYPES);

  private Languages() {}

  /**
   * The comments of a file's language, or null when it has none.
   *
   * @param unknown what a plain text gets, and content without a name whose type is not known; any
   *     other file of an unknown language has none: a comment that is none would break it
   */
  public static @Nullable CommentStyle comments(
      String filePath, String contentType, CommentStyle unknown) {
    String name = name(filePath);
    String type = type(contentType);
    if (BY_NAME.containsKey(name)) {
      return BY_NAME.get(name);
    }
    if (NAMES_WITHOUT.contains(name) || TYPES_WITHOUT.contains(type) || type.endsWith("+json")) {
      return null;
    }
    if (type.endsWith("+xml")) {
      return CommentStyle.HTML;
    }
    boolean plain = filePath.isEmpty() || PLAIN_TEXTS.contains(name);
    return BY_TYPE.containsKey(type) ? BY_TYPE.get(type) : plain ? unknown : null;
  }

  /** True for a file that is HTML but for its {@code <?php ... ?>} parts. */
  static boolean isPhp(String filePath, String contentType) {
    return name(filePath).equals("php") || type(contentType).contains("php");
  }

  /** True for Perl and Ruby, where a line may end the program. */
  static boolean mayEndInData(String filePath, String contentType) {
    return Set.of("pl", "pm", "rb", "gemfile", "rakefile", "vagrantfile").contains(name(filePath))
        || type(contentType).matches("(?:text|application)/x-(?:perl|ruby)");
  }

  /** What follows the last dot of a file's name; all of it where there is no dot. */
  private static String name(String filePath) {
    String file =
        filePath.substring(Math.max(filePath.lastIndexOf('/'), filePath.lastIndexOf('\\')) + 1);
    return file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }

  /** The media type without its parameters. */
  private static String type(String contentType) {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private static Map<String, CommentStyle> byWord(Map<CommentStyle, String> words) {
    Map<String, CommentStyle> styles = new HashMap<>();
    words.forEach((style, text) ->
        styles.putAll(
            Arrays.stream(text.split(" ")).collect(toUnmodifiableMap(w -> w, _ -> style))));
    return Map.copyOf(styles);
  }
}
