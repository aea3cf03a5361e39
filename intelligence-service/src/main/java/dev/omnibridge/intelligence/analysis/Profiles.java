// SPDX-License-Identifier: Apache-2.0
package dev.omnibridge.intelligence.analysis;

import static dev.omnibridge.intelligence.analysis.Language.*;
import static java.util.Map.entry;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is typical of each language, as data: {@link Feature}s set apart by two spaces. A weight of
 * 1 is shared by several languages, 5 and more hardly occurs elsewhere. JSON, YAML and properties
 * files are known by their form as well ({@link Form}).
 */
final class Profiles {
  private static final Map<Language, String> WRITTEN =
      Map.ofEntries(
          entry(
              JAVA,
              """
              ^package *;=1  ^import java=4  ^import static =3  ^import org.*;=2
              ^import com.*;=2  ^public class =4  ^public final class =4  ^public interface =4
              ^public record =4  ^public enum =4  ^final class =3  ^@Override=3
              ^private final =3  ^private static final =4  ~public static void main=4
              ~throw new =2  implements=2  extends=1  throws=2  final=1  String=1  boolean=1
              instanceof=1
              """),
          entry(
              PYTHON,
              """
              ^def *:=4  ^async def *:=4  ^class *:=3  ^import =1  ^from =1  ^elif *:=3
              ^if __name__=5  ^except*:=3  ^with *:=2  ^for *:=2  ^if *:=2  ^while *:=2  ^try:=3
              ~\"""=1  ~self.=3  None=2  True=1  lambda=1  pass=1  print=1
              """),
          entry(
              JAVASCRIPT,
              """
              ^const =2  ^let =2  ^var =1  ^function =3  ^async function =3  ^export default =4
              ^export function =3  ^module.exports=5  ~=> {=2  ~=== =2
              ~require(=2  ~console.log=4  ~document.=2  ~ from '=1  undefined=2  typeof=2
              async=1
              """),
          entry(
              TYPESCRIPT,
              """
              ^const =2  ^let =2  ^interface *{=2  ^export interface =5  ^export type =5
              ^import type =5  ^type =1  ~: string=3  ~: number=3  ~: boolean=2  ~: void=2
              ~=> {=1  ~=== =1  ~ as const=4  ^private readonly =3  ^enum *{=1
              """),
          entry(
              GO,
              """
              ^package main=4  ^package =1  ^func *{=4  ^func (=4  ^import (=4  ^import "=2
              ^type * struct {=5  ^type * interface {=5  ^defer =3  ^go func=4  ~ := =3
              ~err != nil=5  ~fmt.=3  chan=2  nil=1  ^var =1
              """),
          entry(
              RUST,
              """
              ^fn *{=4  ^pub fn =5  ^let mut =5  ^use *;=2  ^impl =4  ^impl<=5  ^#[=4
              ^pub struct =5  ^mod *;=3  ^match *{=2  ~println!=5  ~&self=4  ~&str=3
              ~-> Result<=4  ~-> Option<=4  ^let =1  mut=2  Some=1  unwrap=2
              """),
          entry(
              C,
              """
              ^#include <=3  ^#include "=3  ^#define =3  ^#ifndef =2  ^#ifdef =2  ^#endif=1
              ^typedef struct=4  ^int main(=3  ^struct *{=2  ^static =1  ~printf(=2  ~malloc(=3
              NULL=2  size_t=1  sizeof=2  unsigned=1  char=1
              """),
          entry(
              CPP,
              """
              ^#include <=3  ^#include "=3  ^#pragma once=3  ^#define =1  ^#ifndef =1
              ^using namespace =5  ^template <=5  ^template<=5  ^namespace *{=2  ^public:=4
              ^private:=4  ^int main(=2  ~std::=5  ~cout <<=4  ~static_cast<=5  ~::=1  nullptr=4
              virtual=3  constexpr=4  auto=1
              """),
          entry(
              CSHARP,
              """
              ^using System=5  ^using *;=1  ^namespace =3  ^public class =2
              ^public sealed class =4  ^public override =4  ^internal =4  ^public async Task=5
              ~{ get; =5  ~Console.Write=5  ~ => =1  foreach=2  string=1  var=1  sealed=1
              Task=1
              """),
          entry(
              KOTLIN,
              """
              ^fun =4  ^val =3  ^var =1  ^data class =5  ^sealed class =3  ^sealed interface =2
              ^override fun =5  ^companion object=5  ^private val =4  ^private fun =5
              ^object *{=3  ^import kotlin=5  ^package =1  ~?.let=3  ~: String=1  ~println(=1
              ~ by lazy=4  when=1  suspend=3
              """),
          entry(
              RUBY,
              """
              ^def =2  ^end=2  ^require '=4  ^require_relative =5  ^module =2
              ^attr_=5  ~ do |=5  ~.each=2  ~.nil?=4  ~#{=1  elsif=4  puts=3  nil=1  unless=3
              rescue=2
              """),
          entry(
              SHELL,
              """
              ^#!/bin/=4  ^fi=3  ^done=3  ^then=2  ^echo =3  ^if [=4  ^esac=4  ^set -=4
              ^local =2  ^export =1  ^source =2  ^case * in=4  ~; then=4  ~; do=4  ~$(=2  ~${=1
              ~"$=2  esac=2
              """),
          entry(
              SQL,
              """
              i^select =3  i^insert into =4  i^create table =5  i^create view =5
              i^create function =5  i^create index =5  i^create unique index =5
              i^create or replace =5
              i^update =1  i^delete from =4  i^alter table =5  i^drop table =5  i^from =1
              i^where =1  i^order by =2  i^group by =2  i~ varchar=3  i~ primary key=4
              i~ not null=2  i~ join =1  i~ values (=2
              """),
          entry(
              HTML,
              """
              i^<!doctype html=9  i^<html=6  i^<head>=4  i^<body=4  i^<div=2  i^<p>=2
              i^<script=2  i^<meta =3  i^<title>=2  i^<ul>=2  i^<a =1  i~</div>=3  i~</body>=3
              i~ href==2
              """),
          entry(
              CSS,
              """
              ^@media =5  ^@import =3  ^@font-face=5  ^:root {=5  ^color:=3  ^margin=3
              ^padding=3  ^display:=4  ^font-=3  ^background=2  ^border=2  ^width:=2  ~px;=3
              ~rem;=2  ~: #=1  ^body {=3  ^a:hover=3
              """),
          entry(
              XML,
              """
              ^<?xml =9  ^</=1  ^<=1  ~ xmlns=4  ~/>=1  ~</=1  ~<![CDATA[=4
              """),
          entry(
              YAML,
              """
              ^---=2  ^apiVersion: =5  ^kind: =2  ^version: =1  ^name: =1
              """),
          entry(
              MARKDOWN,
              """
              ^# =2  ^## =4  ^### =4  ^```=4  ^- =1  ^* =1  ^> =1  ^| =1  ^1. =1  ~](=4  ~**=1
              ~`=1
              """),
          entry(
              PROTOBUF,
              """
              ^syntax = "proto=9  ^package *;=1  ^import "=2  ^message *{=5  ^rpc =4
              ^service *{=3  ^option *;=2  ^repeated =3  ^oneof *{=4  ^enum *{=1  ~ = 1;=2
              ~ returns (=2
              """),
          entry(
              DOCKERFILE,
              """
              ^FROM =4  ^RUN =4  ^COPY =4  ^ADD =2  ^WORKDIR =5  ^ENTRYPOINT =5  ^CMD =4
              ^ENV =3  ^EXPOSE =5  ^ARG =2  ^USER =2  ^LABEL =2
              """));

  private Profiles() {}

  static Map<Language, List<Feature>> parsed() {
    var parsed = new EnumMap<Language, List<Feature>>(Language.class);
    WRITTEN.forEach((language, text) -> {
      String[] features = text.strip().split(" {2}|\n");
      parsed.put(language, Arrays.stream(features).map(Feature::parse).toList());
    });
    return parsed;
  }
}
