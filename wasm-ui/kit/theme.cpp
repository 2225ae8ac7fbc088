#include "wasm-ui/kit/theme.h"

#include <imgui.h>

namespace voxdial::ui {
namespace {

//                            bg        surface   raised    line      text      text_quiet
//                            accent    on_accent good      warn      bad       focus
constexpr Tokens dark_tokens{0x0D1117, 0x151B24, 0x212B37, 0x748195, 0xE9EDF1, 0xA4B0BE,
                             0x7DAAFF, 0x08142A, 0x5FCB8D, 0xE6B655, 0xFF8078, 0xB4CEFF};
constexpr Tokens light_tokens{0xF6F3EE, 0xFFFDFA, 0xEDE8E0, 0x827C72, 0x1C1A17, 0x59544C,
                              0x2355C4, 0xFFFFFF, 0x176B3B, 0x7A4B00, 0xB0231B, 0x2355C4};
constexpr Tokens dark_contrast{0x000000, 0x0A0A0A, 0x1E1E1E, 0xFFFFFF, 0xFFFFFF, 0xF0F0F0,
                               0x8FC1FF, 0x000000, 0x7CFFB2, 0xFFD75E, 0xFFA59E, 0xFFFF00};
constexpr Tokens light_contrast{0xFFFFFF, 0xFAFAFA, 0xE8E8E8, 0x000000, 0x000000, 0x1F1F1F,
                                0x0030A0, 0xFFFFFF, 0x00491F, 0x4F3000, 0x8A0000, 0x6A00B8};

}  // namespace

const Tokens& tokens(bool dark, bool contrast) {
  if (contrast) return dark ? dark_contrast : light_contrast;
  return dark ? dark_tokens : light_tokens;
}

void apply_style(const Tokens& tokens, bool contrast, float control) {
  ImGuiStyle& style = ImGui::GetStyle();
  const auto colour = [&tokens](Token token, float alpha = 1) {
    const std::uint32_t rgb = value(tokens, token);
    return ImVec4(static_cast<float>(rgb >> 16 & 0xFF) / 255,
                  static_cast<float>(rgb >> 8 & 0xFF) / 255, static_cast<float>(rgb & 0xFF) / 255,
                  alpha);
  };
  const auto set = [&](ImGuiCol which, Token token, float alpha = 1) {
    style.Colors[which] = colour(token, alpha);
  };
  set(ImGuiCol_Text, Token::text);
  set(ImGuiCol_TextDisabled, Token::text_quiet);
  set(ImGuiCol_WindowBg, Token::bg);
  set(ImGuiCol_ChildBg, Token::bg, 0);
  set(ImGuiCol_Border, Token::line, contrast ? 1 : 0.22F);
  set(ImGuiCol_Separator, Token::line, contrast ? 1 : 0.22F);
  set(ImGuiCol_FrameBg, Token::raised);
  set(ImGuiCol_PlotHistogram, Token::accent);
  set(ImGuiCol_ScrollbarBg, Token::bg, 0);
  set(ImGuiCol_ScrollbarGrab, Token::line, contrast ? 1 : 0.45F);
  set(ImGuiCol_ScrollbarGrabHovered, Token::line, 0.75F);
  set(ImGuiCol_ScrollbarGrabActive, Token::line);
  set(ImGuiCol_Header, Token::raised, 0.8F);
  set(ImGuiCol_HeaderHovered, Token::raised, 0.55F);
  set(ImGuiCol_HeaderActive, Token::raised);
  set(ImGuiCol_TableBorderLight, Token::line, contrast ? 1 : 0.16F);
  set(ImGuiCol_TableBorderStrong, Token::line, contrast ? 1 : 0.22F);
  set(ImGuiCol_TableHeaderBg, Token::bg);
  style.Alpha = 1;
  style.DisabledAlpha = contrast ? 0.75F : 0.5F;
  style.WindowPadding = {space::l, space::l};
  style.WindowBorderSize = 0;
  style.ChildBorderSize = 1;
  style.ChildRounding = radius::card;
  style.FramePadding = {space::l, (control - line_of(type::body)) / 2};
  style.FrameRounding = radius::control;
  style.FrameBorderSize = 0;
  style.ItemSpacing = {space::s, space::xs};
  style.ItemInnerSpacing = {space::s, space::xs};
  style.CellPadding = {space::s, 0};
  style.ScrollbarSize = 8;
  style.ScrollbarRounding = 4;
  style.CurveTessellationTol = 0.5F;
  style.CircleTessellationMaxError = 0.15F;
  style.FontSizeBase = line_of(type::body);
}

}  // namespace voxdial::ui
