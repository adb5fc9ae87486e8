<<<<<<<< HEAD:web/demo/dist/assets/ActivityPage-Clrs4q0C.js
import{r as e}from"./NotHere-Bzq0jwpW.js";import{t}from"./Feed-BmRJtK_W.js";import{t as n}from"./jsx-runtime-Wy9s6hX0.js";var r=n();function i(){return(0,r.jsxs)(r.Fragment,{children:[(0,r.jsx)(e,{title:`Activity`}),(0,r.jsx)(`div`,{className:`page-column`,children:(0,r.jsx)(t,{feedType:`global`})})]})}export{i as default};
========
import{r as e}from"./NotHere-C7P5isxg.js";import{t}from"./Feed-DlA50tKG.js";import{t as n}from"./jsx-runtime-Wy9s6hX0.js";var r=n();function i(){return(0,r.jsxs)(r.Fragment,{children:[(0,r.jsx)(e,{title:`Activity`}),(0,r.jsx)(`div`,{className:`page-column`,children:(0,r.jsx)(t,{feedType:`global`})})]})}export{i as default};
>>>>>>>> 62329d6 (Preferences: the end of a mute and whether a time zone was chosen; a person's choices and the admins' defaults are taken back at once):web/demo/dist/assets/ActivityPage-DsLEdLlg.js
