// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.runtime.rpc;

import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;

/** Paths of fields as people write them: {@code items[3].options.namespace}. */
final class FieldPaths {
  private FieldPaths() {}

  static String text(FieldPath path) {
    var text = new StringBuilder();
    for (FieldPathElement element : path.getElementsList()) {
      if (!text.isEmpty()) {
        text.append('.');
      }
      text.append(element.getFieldName());
      switch (element.getSubscriptCase()) {
        case INDEX -> text.append('[').append(element.getIndex()).append(']');
        case STRING_KEY -> text.append("[\"").append(element.getStringKey()).append("\"]");
        case INT_KEY -> text.append('[').append(element.getIntKey()).append(']');
        case UINT_KEY -> text.append('[').append(element.getUintKey()).append(']');
        case BOOL_KEY -> text.append('[').append(element.getBoolKey()).append(']');
        case SUBSCRIPT_NOT_SET -> {}
      }
    }
    return text.isEmpty() ? "request" : text.toString();
  }
}
